import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Conversation } from '../../static/parley/conversation.js';
import { personOf } from '../../static/parley/person.js';
import { rowsOf } from '../../static/parley/rows.js';
import { BOB, T0 } from './support/entries.js';

const DAY = 86_400_000;
const dayOf = (time) => new Date(time).toISOString().slice(0, 10);
const entry = (direction, seq, time) => [direction, `m${seq}`, '', direction === '>' ? { seq, time, client_id: `id${seq}` } : { seq, time }];

function rows(entries, { pending = [], ...options } = {}) {
  const conversation = new Conversation(personOf(BOB));
  conversation.add(entries);
  conversation.setPending(pending);
  return rowsOf(conversation, { dayOf, ...options });
}

const shape = (list) => list.map((row) => (row.type === 'message' ? `${row.first ? '[' : ''}${row.message.content}${row.last ? ']' : ''}` : row.type));

test('bubbles of one sender within five minutes stand together', () => {
  const shown = rows([entry('<', 1, T0), entry('<', 2, T0 + 60_000), entry('>', 3, T0 + 61_000), entry('<', 4, T0 + 62_000), entry('<', 5, T0 + 500_000)]);
  assert.deepEqual(shape(shown), ['day', '[m1', 'm2]', '[m3]', '[m4]', '[m5]']);
});

test('a new day gets a heading and ends a group', () => {
  assert.deepEqual(shape(rows([entry('<', 1, T0), entry('<', 2, T0 + DAY)])), ['day', '[m1]', 'day', '[m2]']);
});

test('a gap and what is older are rows of their own', () => {
  assert.deepEqual(shape(rows([entry('<', 5, T0), entry('<', 8, T0 + 1)])), ['older', 'day', '[m5]', 'gap', '[m8]']);
});

test('the line for new messages stands once, before the first of them', () => {
  const entries = [entry('>', 1, T0), entry('<', 2, T0 + 1), entry('<', 3, T0 + 2), entry('<', 4, T0 + 3)];
  assert.deepEqual(shape(rows(entries, { newFrom: 3 })), ['day', '[m1]', '[m2]', 'new', '[m3', 'm4]']);
  assert.deepEqual(shape(rows(entries, { newFrom: 5 })), ['day', '[m1]', '[m2', 'm3', 'm4]']);
});

test('where the first of them is not here yet, no other stands in for it', () => {
  const entries = [entry('<', 7, T0), entry('<', 8, T0 + 1)];
  assert.deepEqual(shape(rows(entries, { newFrom: 3 })), ['older', 'day', '[m7', 'm8]']);
  assert.deepEqual(shape(rows(entries, { newFrom: 7 })), ['older', 'day', 'new', '[m7', 'm8]']);
});

test('a bubble keeps its key when the server has stored it', () => {
  const pending = [{ clientId: 'id1', other: 2, content: 'm1', time: T0, order: 1, error: 0 }];
  const [, before] = rows([], { pending });
  const [, after] = rows([entry('>', 1, T0)]);
  assert.equal(before.key, after.key);
  assert.deepEqual([before.state, after.state], ['sending', 'sent']);
});

test('every key is there once', () => {
  const entries = Array.from({ length: 60 }, (_, index) => entry(index % 3 ? '<' : '>', index + 4 + (index > 30 ? 5 : 0), T0 + index * 7_000_000));
  const keys = rows(entries, { newFrom: 20 }).map((row) => row.key);
  assert.equal(new Set(keys).size, keys.length);
});

test('within a group the tick is shown wherever it changes', () => {
  const conversation = new Conversation(personOf(BOB));
  conversation.add([entry('>', 1, T0), entry('>', 2, T0 + 1), entry('>', 3, T0 + 2)]);
  conversation.otherReadUpTo(1);
  const shown = rowsOf(conversation, { dayOf }).filter((row) => row.type === 'message');
  assert.deepEqual(shown.map((row) => [row.state, row.meta]), [['read', true], ['sent', false], ['sent', true]]);
});
