import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Cache, KEPT } from '../../static/parley/cache.js';
import { wipe, wipeBrowser } from '../../static/parley/storage.js';
import { FakeClock } from './support/clock.js';
import { theirs } from './support/entries.js';
import { FakeStorage, forbiddenStorage } from './support/storage.js';

const log = (count) => Array.from({ length: count }, (_, index) => theirs(index + 1));

test('gives back what was written, by user and by conversation', () => {
  const storage = new FakeStorage();
  const cache = new Cache(storage, '1');
  cache.writeLog(2, log(3));
  cache.writeLog(3, log(1));
  assert.deepEqual(cache.readLog(2), log(3));
  assert.deepEqual(cache.readLog(3), log(1));
  assert.deepEqual(cache.readLog(4), []);
  assert.deepEqual(new Cache(storage, '9').readLog(2), [], 'another user has another cache');
});

test('keeps the newest 200 of a conversation', () => {
  const cache = new Cache(new FakeStorage(), '1');
  cache.writeLog(2, log(KEPT + 50));
  assert.equal(cache.readLog(2).length, 200);
  assert.equal(cache.readLog(2).at(-1)[3].seq, KEPT + 50);
});

test('a full store loses the conversation not used for longest, not the newest', async () => {
  const clock = new FakeClock();
  const cache = new Cache(new FakeStorage({ quota: 3_000 }), '1', { clock });
  for (const other of [2, 3, 4, 5, 6]) {
    cache.writeLog(other, log(20));
    await clock.tick(1_000);
  }
  assert.equal(cache.readLog(6).length, 20);
  assert.deepEqual(cache.readLog(2), []);
});

test('one conversation too large for the whole store breaks nothing', () => {
  const cache = new Cache(new FakeStorage({ quota: 300 }), '1');
  cache.writeLog(2, log(100));
  assert.deepEqual(cache.readLog(2), []);
  cache.writeLog(3, log(1));
  assert.equal(cache.readLog(3).length, 1);
});

for (const storage of [forbiddenStorage, undefined]) {
  test(`works without any storage (${typeof storage})`, () => {
    const cache = new Cache(storage, '1');
    cache.writeLog(2, log(1));
    cache.epoch = 'e';
    cache.clear();
    assert.deepEqual([cache.readLog(2), cache.readList(), cache.epoch], [[], [], null]);
  });
}

test('signing out wipes everything of ours and nothing of the host', () => {
  const storage = new FakeStorage();
  storage.setItem('host', 'stays');
  new Cache(storage, '1').writeLog(2, log(1));
  new Cache(storage, 'https://x/2').writeList([{ user_id: 3 }]);
  wipe(storage);
  assert.equal(storage.length, 1);
  assert.equal(storage.getItem('host'), 'stays');
});

test('clear forgets one user only', () => {
  const storage = new FakeStorage();
  const [one, two] = [new Cache(storage, '1'), new Cache(storage, '2')];
  one.writeLog(5, log(1));
  two.writeLog(5, log(1));
  one.clear();
  assert.deepEqual(one.readLog(5), []);
  assert.equal(two.readLog(5).length, 1);
});

test('rubbish in storage is as good as nothing', () => {
  const storage = new FakeStorage();
  storage.setItem('parley/1/cache/log/2', '{"entries": 5}');
  storage.setItem('parley/1/cache/list', '{');
  const cache = new Cache(storage, '1');
  assert.deepEqual([cache.readLog(2), cache.readList()], [[], []]);
});

test('of one person everything goes, and nothing of anybody else', () => {
  const storage = new FakeStorage();
  for (const key of ['parley//1/list', 'parley//11/list', 'parley//2/outbox/x']) storage.setItem(key, '1');
  wipe(storage, '/1');
  assert.deepEqual([0, 1, 2].map((index) => storage.key(index)), ['parley//11/list', 'parley//2/outbox/x', null]);
});

test('where storing is forbidden there is nothing to wipe', (t) => {
  for (const name of ['sessionStorage', 'localStorage']) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { configurable: true, get() { throw new Error('SecurityError'); } });
    t.after(() => (before ? Object.defineProperty(globalThis, name, before) : delete globalThis[name]));
  }
  wipeBrowser();
});
