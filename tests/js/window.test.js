import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RowWindow, SHOWN } from '../../static/parley/window.js';

const rows = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => ({ type: 'message', key: `s${from + index}` }));
const ends = ({ rows: [...shown] }) => [shown[0]?.key, shown.at(-1)?.key];

function windowOn(list) {
  const view = new RowWindow();
  view.take(list);
  return view;
}

test('a short list is shown whole, a long one from its end', () => {
  assert.deepEqual(ends(windowOn([])), [undefined, undefined]);
  assert.deepEqual(ends(windowOn(rows(1, 50))), ['s1', 's50']);
  const long = windowOn(rows(1, 10_000));
  assert.deepEqual(ends(long), ['s9801', 's10000']);
  assert.deepEqual([long.hasAbove, long.hasBelow], [true, false]);
});

test('walking up and down drops at the far end, and never shows more than it may', () => {
  const view = windowOn(rows(1, 10_000));
  const seen = new Set(view.rows.map(({ key }) => key));
  for (; view.hasAbove; view.up()) {
    assert.equal(view.rows.length, SHOWN);
    view.rows.forEach(({ key }) => seen.add(key));
  }
  view.rows.forEach(({ key }) => seen.add(key));
  assert.equal(seen.size, 10_000);
  assert.deepEqual(ends(view), ['s1', 's200']);
  while (view.hasBelow) view.down();
  assert.deepEqual(ends(view), ['s9801', 's10000']);
});

test('what is above or below comes in while there is room, and pushes out nothing', () => {
  const view = windowOn(rows(101, 150));
  view.take(rows(51, 150));
  assert.deepEqual(ends(view), ['s51', 's150']);
  view.take(rows(1, 300));
  assert.deepEqual(ends(view), ['s51', 's250']);
  view.take(rows(1, 301));
  assert.deepEqual(ends(view), ['s51', 's250']);
  assert.deepEqual([view.hasAbove, view.hasBelow], [true, true]);
  view.toEnd();
  assert.deepEqual(ends(view), ['s102', 's301']);
});

test('separators may come and go without moving the messages', () => {
  const view = windowOn([{ type: 'older', key: 'older' }, { type: 'day', key: 'day1' }, ...rows(301, 700)]);
  view.up();
  const before = ends(view);
  view.take([{ type: 'older', key: 'older' }, { type: 'day', key: 'day0' }, ...rows(251, 700)]);
  assert.deepEqual(ends(view), before);
});

test('news at the end leave what stands above the first message', () => {
  const above = [{ type: 'older', key: 'older' }, { type: 'day', key: 'day1' }];
  const view = windowOn([...above, ...rows(1, 700)]);
  while (view.hasAbove) view.up();
  view.take([...above, ...rows(1, 701)]);
  assert.deepEqual(ends(view), ['older', 's198']);
});

test('a filled gap does not make it grow', () => {
  const view = windowOn([...rows(1, 100), ...rows(400, 499)]);
  view.take(rows(1, 499));
  assert.deepEqual(ends(view), ['s300', 's499']);
});

test('another list begins at its end, and a row can be brought in', () => {
  const view = windowOn(rows(1, 300));
  view.up();
  view.take(rows(1_000, 2_000));
  assert.deepEqual(ends(view), ['s1801', 's2000']);
  view.reveal('s1950');
  assert.deepEqual(ends(view), ['s1801', 's2000']);
  view.reveal('s1500');
  assert.deepEqual(ends(view), ['s1400', 's1599']);
  view.reveal('nothing');
  assert.deepEqual(ends(view), ['s1400', 's1599']);
});
