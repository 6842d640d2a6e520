import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Drafts } from '../../static/parley/drafts.js';
import { wipe } from '../../static/parley/storage.js';
import { FakeStorage } from './support/storage.js';

test('a draft outlives the page, for each conversation and each person apart', () => {
  const storage = new FakeStorage();
  new Drafts(storage, '/1').keep(7, 'hello\nyou');
  assert.equal(new Drafts(storage, '/1').of(7), 'hello\nyou');
  assert.equal(new Drafts(storage, '/1').of(8), '');
  assert.equal(new Drafts(storage, '/2').of(7), '');
});

test('what was sent or deleted leaves nothing behind', () => {
  const storage = new FakeStorage();
  const drafts = new Drafts(storage, '/1');
  drafts.keep(7, 'hello');
  drafts.keep(7, '  \n');
  assert.equal(storage.length, 0);
  assert.equal(drafts.of(7), '');
});

test('only so many are kept: the longest untouched go first', () => {
  const storage = new FakeStorage();
  const drafts = new Drafts(storage, '/1', { kept: 2 });
  drafts.keep(1, 'a');
  drafts.keep(2, 'b');
  drafts.keep(1, 'a, again');
  drafts.keep(3, 'c');
  assert.deepEqual([1, 2, 3].map((id) => drafts.of(id)), ['a, again', '', 'c']);
  assert.equal(storage.length, 2);
});

test('signing out wipes them, and nonsense in the storage does no harm', () => {
  const storage = new FakeStorage();
  storage.setItem('parley//1/draft/x', '{"text": "a", "time": 1}');
  storage.setItem('parley//1/draft/4', '[1, 2');
  storage.setItem('parley//1/draft/5', '{"text": 5, "time": 1}');
  const drafts = new Drafts(storage, '/1');
  assert.deepEqual([4, 5].map((id) => drafts.of(id)), ['', '']);
  drafts.keep(6, 'words');
  wipe(storage);
  assert.equal(storage.length, 0);
});

test('works where nothing can be stored', () => {
  const drafts = new Drafts(null, '/1');
  drafts.keep(1, 'a');
  assert.equal(drafts.of(1), 'a');
});

test('a draft goes along to where its place turns out to be, below what was begun there', () => {
  const drafts = new Drafts(new FakeStorage(), '/1');
  drafts.keep(1, 'a');
  drafts.move(1, 2);
  drafts.keep(3, 'b');
  drafts.move(3, 2);
  assert.deepEqual([1, 2, 3].map((id) => drafts.of(id)), ['', 'a\nb', '']);
});
