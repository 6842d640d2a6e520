import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Conversation } from '../../static/parley/conversation.js';
import { messagesOf } from '../../static/parley/entry.js';
import { gaps, merge, newestRun } from '../../static/parley/log.js';
import { personOf } from '../../static/parley/person.js';
import { BOB, mine, theirs, T0 } from './support/entries.js';

const seqs = (log) => log.map((message) => message.seq);
const log = (...numbers) => messagesOf(numbers.map((seq) => theirs(seq)));
const fresh = () => new Conversation(personOf(BOB));

test('merging puts messages in order of seq, each once, whatever order they come in', () => {
  const merged = [log(5, 6), log(1, 2), log(2, 3, 5), log(4)].reduce(merge, []);
  assert.deepEqual(seqs(merged), [1, 2, 3, 4, 5, 6]);
});

test('merging what is known gives back the same log', () => {
  const held = log(1, 2, 3);
  assert.equal(merge(held, log(2, 3)), held);
});

test('any split and order of pages gives the same log', () => {
  const all = Array.from({ length: 40 }, (_, index) => theirs(index + 1));
  for (let seed = 1; seed <= 50; seed += 1) {
    const pages = shuffled(Array.from({ length: 8 }, (_, page) => all.slice(page * 5, page * 5 + 5 + (seed % 4))), seed);
    const conversation = fresh();
    pages.forEach((page) => conversation.add(page));
    assert.deepEqual(seqs(conversation.log), seqs(messagesOf(all)));
    assert.deepEqual(conversation.gaps, []);
  }
});

test('gaps are named by the seqs around them', () => {
  assert.deepEqual(gaps(log(1, 2, 5, 6, 9)), [{ after: 2, before: 5 }, { after: 6, before: 9 }]);
  assert.deepEqual(seqs(newestRun(log(1, 2, 5, 6, 7))), [5, 6, 7]);
  assert.deepEqual(seqs(newestRun(log(1, 2, 3), 2)), [2, 3]);
});

test('a gap too wide to fill drops what lies before it', () => {
  const conversation = fresh();
  conversation.add([theirs(1), theirs(2)]);
  conversation.reachStart();
  conversation.add([theirs(500)]);
  assert.deepEqual(seqs(conversation.log), [500]);
  assert.ok(conversation.hasOlder);
});

test('what is pending becomes the stored message, never both', () => {
  const conversation = fresh();
  conversation.setPending([{ clientId: 'a', other: 2, content: 'x', time: T0, order: 1, error: 0 }]);
  assert.equal(conversation.stateOf(conversation.pending[0]), 'sending');
  conversation.add([mine(1, 'x', 'a')]);
  assert.deepEqual(conversation.pending, []);
  conversation.setPending([{ clientId: 'a', other: 2, content: 'x', time: T0, order: 1, error: 0 }]);
  assert.deepEqual(conversation.pending, [], 'also when the outbox is read again after a reload');
  assert.equal(conversation.log.length, 1);
});

test('ticks: sent, delivered, read; read implies delivered; never back', () => {
  const conversation = fresh();
  conversation.add([mine(1), mine(2)]);
  const states = () => conversation.log.map((message) => conversation.stateOf(message));
  assert.deepEqual(states(), ['sent', 'sent']);
  conversation.otherDeliveredUpTo(2);
  assert.deepEqual(states(), ['delivered', 'delivered']);
  conversation.otherReadUpTo(1);
  assert.deepEqual(states(), ['read', 'delivered']);
  conversation.learn({ other_read_seq: 0, other_delivered_seq: 1 });
  assert.deepEqual(states(), ['read', 'delivered']);
  conversation.otherReadUpTo(2);
  assert.deepEqual(states(), ['read', 'read']);
});

test('an answer shows that what came before was read', () => {
  const conversation = fresh();
  conversation.add([mine(1), theirs(2), mine(3)]);
  assert.equal(conversation.stateOf(conversation.log[0]), 'read');
  assert.equal(conversation.stateOf(conversation.log[2]), 'sent');
});

test('unread counts what came since I read or wrote, and never goes wrong by repeats', () => {
  const conversation = fresh();
  conversation.add([theirs(1), theirs(2)]);
  conversation.add([theirs(2)]);
  assert.equal(conversation.unread, 2);
  conversation.readUpTo(1);
  assert.equal(conversation.unread, 1);
  conversation.add([mine(3)]);
  assert.equal(conversation.unread, 0);
  conversation.readUpTo(99);
  assert.equal(conversation.readSeq, 3, 'never beyond what there is');
});

test('the newest page replaces a log that is too far behind', () => {
  const conversation = fresh();
  conversation.add([theirs(1), theirs(2)]);
  conversation.replace([theirs(301), theirs(302)]);
  assert.deepEqual(seqs(conversation.log), [301, 302]);
  assert.ok(conversation.hasOlder);
});

test('nothing is older than seq 1, or than what the server said is the start', () => {
  const conversation = fresh();
  conversation.add([theirs(1)]);
  assert.equal(conversation.hasOlder, false);
  conversation.replace([theirs(7)]);
  assert.equal(conversation.hasOlder, true);
  conversation.reachStart();
  assert.equal(conversation.hasOlder, false);
});

test('a conversation nobody looks at keeps its newest 200', () => {
  const conversation = fresh();
  conversation.add(Array.from({ length: 500 }, (_, index) => theirs(index + 1)));
  conversation.trim();
  assert.equal(conversation.log.length, 200);
  assert.equal(conversation.heldSeq, 500);
  assert.ok(conversation.hasOlder);
});

test('entries that are none are passed over', () => {
  const conversation = fresh();
  const rubbish = [null, 5, {}, [], ['x', 'a', '', { seq: 1, time: 1 }], ['<', 5, '', { seq: 1, time: 1 }],
    ['<', 'a', ''], ['<', 'a', '', { seq: 0, time: 1 }], ['<', 'a', '', { seq: 1.5, time: 1 }], ['<', 'a', '', { seq: 1 }]];
  conversation.add(rubbish);
  conversation.add('no list');
  conversation.learn({ last: 5, last_seq: 'x', online: 'yes', last_seen: null });
  assert.deepEqual([conversation.log, conversation.lastSeq, conversation.online], [[], 0, false]);
});

function shuffled(list, seed) {
  let state = seed;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return list.map((item) => [random(), item]).sort(([a], [b]) => a - b).map(([, item]) => item);
}
