import assert from 'node:assert/strict';
import { test } from 'node:test';

import { inLobby } from './support/lobby.js';
import { contents, greet } from './support/messenger.js';
import { admit, ALICE, ANN, event, page, said } from './support/rooms.js';

test('sync brings what was missed in a room', async () => {
  const all = await inLobby(page([said(1)]));
  all.net.last.end(1012);
  await all.clock.tick(1_000);
  await greet(all, { moved: [{ room: 'Lobby', logs: [said(2)], reset: false, last_seq: 2, read_seq: 1, unread: 1 }] });
  assert.deepEqual(contents(all.room), ['word 1', 'word 2']);
  await admit(all, page([said(1), said(2)]));
  assert.deepEqual(contents(all.room), ['word 1', 'word 2']);
});

test('messages come with their authors, my own of another tab on my side', async () => {
  const { net, room, messenger } = await inLobby();
  const heard = [];
  messenger.on('message', ({ address }, { content, author }) => heard.push([address.room, author.name, content]));
  net.last.push(event('room-message', { data: said(1, { by: ANN }) }));
  net.last.push(event('room-message', { data: said(2, { by: ALICE }) }));
  net.last.push(event('room-message', { data: said(2, { by: ALICE }) }));
  net.last.push(event('room-message', { data: ['<', 5] }));
  assert.deepEqual(room.log.map(({ mine: own }) => own), [false, true]);
  assert.deepEqual(heard, [['Lobby', 'Ann', 'word 1']]);
});

test('of an open room only the end is kept while nobody looks at more than that', async () => {
  const { messenger, net, room } = await inLobby();
  const push = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => net.last.push(event('room-message', { data: said(from + at) })));
  push(1, 500);
  assert.deepEqual([room.log.length, room.hasOlder], [500, false]);
  messenger.isAtEnd = () => true;
  push(501, 900);
  assert.deepEqual([room.log.length <= 400, room.log.at(-1).seq, room.hasOlder], [true, 900, true]);
  const { length } = room.log;
  net.last.push(event('room-message', { data: said(902) }));
  assert.equal(room.log.length, length + 1, 'what is missing is looked for first');
});

test('older messages come by room-chat, from the place of the first', async () => {
  const given = page(Array.from({ length: 200 }, (_, index) => said(index + 101)), { has_more: true, read_seq: 300 });
  const { messenger, api, room } = await inLobby(given);
  assert.equal(room.hasOlder, true);
  api.entries = Array.from({ length: 300 }, (_, index) => said(index + 1));
  await messenger.loadOlder();
  assert.deepEqual(api.calls.at(-1), { other: 'room:lobby', before: 101, after: 0, limit: 50 });
  assert.equal(room.log[0].seq, 51);
});

test('reading is said by room-read, and nothing of delivery or typing', async () => {
  const { messenger, net, room, clock } = await inLobby(page([said(1), said(2)]));
  messenger.saw(room, 2);
  messenger.typed('x');
  await clock.tick(1_000);
  assert.deepEqual(net.last.opts('room-read').map(({ data }) => data), [{ room: 'lobby', seq: 2 }]);
  assert.deepEqual([net.last.opts('delivered'), net.last.opts('typing'), room.unread], [[], [], 0]);
  net.last.push(event('room-message', { data: said(3) }));
  net.last.push(event('room-read', { seq: 3 }));
  assert.equal(room.unread, 0, 'read on another tab');
});
