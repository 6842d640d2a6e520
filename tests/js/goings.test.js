import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Goings } from '../../static/parley/goings.js';
import { roomPerson } from '../../static/parley/place.js';
import { Room } from '../../static/parley/room.js';
import { rowsOf } from '../../static/parley/rows.js';
import { T0 } from './support/entries.js';
import { ALICE, ANN, said } from './support/rooms.js';

const DAY = 24 * 3_600_000;
const person = (id) => ({ id, name: `P${id}` });
const shape = (goings) => goings.lines.map(({ what, people, after }) => [what, after, ...people.map(({ id }) => id)]);
const dayOf = (time) => Math.floor(time / DAY);

test('several at once are one line, each person in it once', () => {
  const goings = new Goings();
  goings.note('came', [person(1), person(2)], { time: T0, after: 5 });
  goings.note('came', [person(2), person(3)], { time: T0 + 30_000, after: 5 });
  goings.note('came', [], { time: T0, after: 5 });
  assert.deepEqual(shape(goings), [['came', 5, 1, 2, 3]]);
});

test('another kind, another place or another minute is another line', () => {
  const goings = new Goings();
  goings.note('came', [person(1)], { time: T0, after: 5 });
  goings.note('left', [person(1)], { time: T0, after: 5 });
  goings.note('came', [person(1)], { time: T0, after: 5 });
  goings.note('came', [person(2)], { time: T0, after: 6 });
  goings.note('came', [person(3)], { time: T0 + 70_000, after: 6 });
  assert.deepEqual(shape(goings), [['came', 5, 1], ['left', 5, 1], ['came', 5, 1], ['came', 6, 2], ['came', 6, 3]]);
  assert.equal(new Set(goings.lines.map(({ key }) => key)).size, 5);
});

test('there are never more than a hundred', () => {
  const goings = new Goings();
  for (let after = 1; after <= 150; after += 1) goings.note('came', [person(1)], { time: T0, after });
  assert.deepEqual([goings.lines.length, goings.lines[0].after], [100, 51]);
});

function rows(room) {
  return rowsOf(room, { dayOf }).map(({ type, message, what, first }) => (type === 'message' ? `${message.seq ?? 'new'}${first ? '!' : ''}` : what ?? type));
}

test('the lines stand where they were heard, and part the bubbles around them', () => {
  const room = new Room(roomPerson('Lobby'));
  room.came({ users: [ANN], count: 2, time: T0 }, T0);
  room.add([said(1), said(2)]);
  room.went({ users: [ANN], count: 1, time: T0 + 2_500 });
  room.add([said(3)]);
  room.came({ users: [ANN], count: 2, time: T0 + 3_500 }, T0);
  assert.deepEqual(rows(room), ['day', 'came', '1!', '2', 'left', '3!', 'came']);
  room.setPending([{ clientId: 'a', other: room.id, content: 'x', time: T0 + 4_000, order: 1, error: 0 }]);
  assert.deepEqual(rows(room).slice(-2), ['came', 'new!']);
  room.replace([said(300)]);
  assert.deepEqual(rows(room), ['older', 'day', '300!', 'new!'], 'not beside messages that they did not stand beside');
});

test('bubbles of one author stand together, of two they do not; my pending ones join my stored ones', () => {
  const room = new Room(roomPerson('Lobby'));
  room.add([said(1), said(2), said(3, { by: ANN }), said(4, { by: ALICE })]);
  room.setPending([{ clientId: 'a', other: room.id, content: 'x', time: T0 + 5_000, order: 1, error: 0 }]);
  assert.deepEqual(rows(room), ['day', '1!', '2', '3!', '4!', 'new']);
});

test('a new day begins above who came on it, also when they came before anybody wrote', () => {
  const room = new Room(roomPerson('Lobby'));
  room.add([said(1)]);
  room.came({ users: [ANN], count: 2, time: T0 + 5_000 }, T0);
  room.went({ users: [ANN], count: 1, time: T0 + DAY });
  room.add([['<', 'next day', '', { seq: 2, time: T0 + DAY + 1_000, user: ANN }]]);
  assert.deepEqual(rows(room), ['day', '1!', 'came', 'day', 'left', '2!']);
});

test('an empty room shows who comes', () => {
  const room = new Room(roomPerson('Lobby'));
  room.came({ users: [ANN], count: 2, time: T0 }, T0);
  assert.deepEqual(rows(room), ['came']);
});
