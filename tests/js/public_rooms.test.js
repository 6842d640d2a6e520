import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PublicRooms } from '../../static/parley/public_rooms.js';
import { FakeClock, settled } from './support/clock.js';

const row = (room, count = 1) => ({ room, count, joined: false });

function looking(pages) {
  const clock = new FakeClock();
  const asked = [];
  const api = { rooms: async (page) => {
    asked.push(page);
    const answer = pages(page);
    if (answer instanceof Error) throw answer;
    return answer;
  } };
  return { clock, asked, rooms: new PublicRooms({ api, clock }) };
}

const names = ({ rooms }) => rooms.map(({ person, count }) => `${person.name} ${count}`);

test('what one looks at is asked for again every ten seconds, until one looks away', async () => {
  let count = 1;
  const { clock, asked, rooms } = looking(() => ({ rooms: [row('Lobby', count)], next: null, may_open: true }));
  await rooms.watch();
  assert.deepEqual([names(rooms), rooms.mayOpen, rooms.hasMore], [['Lobby 1'], true, false]);
  count = 5;
  await clock.tick(10_000);
  assert.deepEqual(names(rooms), ['Lobby 5']);
  rooms.stop();
  await clock.tick(60_000);
  assert.equal(asked.length, 2);
  assert.equal(clock.pending, 0);
});

test('further pages stay when the first is fresh again', async () => {
  const first = Array.from({ length: 50 }, (_, index) => row(`r${index}`));
  const { clock, rooms } = looking(({ before }) => (before ? { rooms: [row('deep')], next: null } : { rooms: first, next: 'n' }));
  await rooms.watch();
  assert.ok(rooms.hasMore);
  await rooms.more();
  assert.deepEqual([rooms.rooms.length, rooms.hasMore], [51, false]);
  await clock.tick(10_000);
  assert.deepEqual([rooms.rooms.length, rooms.hasMore, rooms.rooms.at(-1).person.name], [51, false, 'deep']);
});

test('an answer that does not come leaves what is there', async () => {
  let fails = false;
  const { clock, rooms } = looking(() => (fails ? Object.assign(new Error(), { errorcode: -3 }) : { rooms: [row('Lobby'), 5, { room: 7 }] }));
  await rooms.watch();
  fails = true;
  await clock.tick(10_000);
  assert.deepEqual([names(rooms), rooms.failed, rooms.loaded], [['Lobby 1'], -3, true]);
  fails = false;
  await clock.tick(10_000);
  await settled();
  assert.equal(rooms.failed, 0);
});
