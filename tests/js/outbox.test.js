import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Outbox } from '../../static/parley/outbox.js';
import { FakeClock } from './support/clock.js';
import { FakeStorage, forbiddenStorage } from './support/storage.js';

const clock = new FakeClock();

test('survives a reload with the same client_ids and in order', () => {
  const storage = new FakeStorage();
  const before = new Outbox(storage, '1', { clock });
  const ids = ['a', 'b', 'c'].map((content) => before.add(2, content).clientId);
  const after = new Outbox(storage, '1', { clock });
  assert.deepEqual(after.items(2).map((item) => item.clientId), ids);
  assert.deepEqual(after.items(2).map((item) => item.content), ['a', 'b', 'c']);
  assert.equal(after.add(2, 'd').order, 4, 'and goes on counting');
});

test('the order is that of writing, also over tabs and when the clock was set back', () => {
  const storage = new FakeStorage();
  const hands = new FakeClock();
  const [one, two] = [0, 1].map(() => new Outbox(storage, '1', { clock: hands }));
  one.add(2, 'first');
  hands.jump(-3_600_000);
  two.add(2, 'second');
  hands.jump(60_000);
  one.add(2, 'third');
  assert.deepEqual(new Outbox(storage, '1', { clock: hands }).items(2).map(({ content }) => content), ['first', 'second', 'third']);
  assert.equal(one.refresh(), true);
  assert.deepEqual(one.items(2).map(({ content }) => content), ['first', 'second', 'third']);
  assert.equal(one.refresh(), false, 'nothing new');
});

test('what other tabs wrote is taken in as far as there is room', () => {
  const storage = new FakeStorage();
  const one = new Outbox(storage, '1', { clock, limit: 2 });
  const two = new Outbox(storage, '1', { clock });
  ['a', 'b', 'c'].forEach((content) => two.add(2, content));
  one.refresh();
  assert.deepEqual(one.items().map(({ content }) => content), ['a', 'b']);
});

test('two users on one browser never see each other', () => {
  const storage = new FakeStorage();
  new Outbox(storage, '1', { clock }).add(2, 'secret');
  assert.equal(new Outbox(storage, '11', { clock }).size, 0);
  assert.equal(new Outbox(storage, '2', { clock }).size, 0);
});

test('two tabs do not overwrite each other', () => {
  const storage = new FakeStorage();
  const one = new Outbox(storage, '1', { clock });
  const two = new Outbox(storage, '1', { clock });
  one.add(2, 'from one');
  two.add(2, 'from two');
  const later = new Outbox(storage, '1', { clock });
  assert.deepEqual(later.items().map((item) => item.content).sort(), ['from one', 'from two']);
});

test('what is stored by the server is forgotten for good', () => {
  const storage = new FakeStorage();
  const outbox = new Outbox(storage, '1', { clock });
  outbox.remove(outbox.add(2, 'x').clientId);
  assert.equal(storage.length, 0);
  assert.equal(outbox.remove('unknown'), false);
});

test('a refusal is remembered over a reload, until it is tried again', () => {
  const storage = new FakeStorage();
  const outbox = new Outbox(storage, '1', { clock });
  const { clientId } = outbox.add(2, 'x');
  outbox.fail(clientId, -5);
  assert.equal(new Outbox(storage, '1', { clock }).items()[0].error, -5);
  outbox.retry(clientId);
  assert.equal(new Outbox(storage, '1', { clock }).items()[0].error, 0);
  assert.equal(outbox.items()[0].clientId, clientId);
});

test('is bounded', () => {
  const outbox = new Outbox(new FakeStorage(), '1', { clock, limit: 3 });
  for (const content of ['a', 'b', 'c']) assert.ok(outbox.add(2, content));
  assert.equal(outbox.add(2, 'd'), null);
});

for (const [name, storage] of [['full', new FakeStorage({ quota: 10 })], ['forbidden', forbiddenStorage], ['missing', undefined]]) {
  test(`works from memory where storage is ${name}`, () => {
    const outbox = new Outbox(storage, '1', { clock });
    const item = outbox.add(2, 'x');
    assert.deepEqual(outbox.items(2), [item]);
    outbox.fail(item.clientId, -5);
    assert.ok(outbox.remove(item.clientId));
  });
}

test('rubbish in storage is passed over', () => {
  const storage = new FakeStorage();
  for (const [index, value] of ['', 'null', '{"clientId":1}', '[1]', '{'].entries()) storage.setItem(`parley/1/outbox/${index}`, value);
  assert.equal(new Outbox(storage, '1', { clock }).size, 0);
});
