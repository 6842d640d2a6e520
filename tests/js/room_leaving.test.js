import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { T0 } from './support/entries.js';
import { inLobby } from './support/lobby.js';
import { contents, greet, reloaded } from './support/messenger.js';
import { admit, event, page, said } from './support/rooms.js';

test('leaving takes the room out of list and cache; coming back is joining', async () => {
  const all = await inLobby(page([said(1)]));
  const { messenger, net, room, session, clock } = all;
  await clock.tick(1_000);
  const leaving = messenger.rooms.leave(room);
  net.last.answer(net.last.opts('room-leave')[0], event('room-leave', { by: '>', time: T0, removed: false }));
  assert.equal(await leaving, true);
  await clock.tick(1_000);
  assert.deepEqual([room.outside, room.joined, messenger.conversations.ordered()], ['left', false, []]);
  assert.equal(Array.from({ length: session.length }, (_, at) => session.key(at)).some((key) => key.includes('log/room')), false);
  messenger.rooms.enter(room);
  await admit(all, page([said(1)]));
  assert.deepEqual([room.outside, room.joined], [null, true]);
});

test('a room that was left is not entered again by what was not sent there, which is kept', async () => {
  const all = await inLobby(page([said(1)]));
  const { messenger, net, room, clock } = all;
  messenger.send('refused');
  net.last.answer(net.last.opts('room-say')[0], { errorcode: -7, txt: 'too long' });
  await settled();
  messenger.send('on its way');
  net.last.push(event('room-leave', { by: '>', time: T0, removed: false }));
  assert.deepEqual(room.pending.map((item) => [item.content, item.error]), [['refused', -7], ['on its way', -5]]);
  await clock.tick(1_000);
  messenger.stop();
  const second = reloaded(all);
  second.messenger.start();
  await greet(second);
  assert.deepEqual(second.net.last.opts('room-join'), []);
  second.messenger.openRoom('Lobby');
  await admit(second, page([said(1)]));
  assert.deepEqual(contents(second.messenger.opened), ['word 1', 'refused', 'on its way']);
  assert.deepEqual(second.net.last.opts('room-say'), [], 'before somebody says so');
});

test('who was removed is told so, and does not come back by reconnecting', async () => {
  const all = await inLobby();
  all.net.last.push(event('room-leave', { by: '>', time: T0, removed: true }));
  assert.equal(all.room.outside, 'removed');
  all.net.last.end(1012);
  await all.clock.tick(1_000);
  await greet(all);
  assert.deepEqual(all.net.last.opts('room-join'), []);
});

test('who was removed may try again, and hears when that was of no use', async () => {
  const all = await inLobby();
  const { room, messenger, net } = all;
  const refused = [];
  messenger.on('refused', (of, code) => refused.push([of, code]));
  net.last.push(event('room-leave', { by: '>', time: T0, removed: true }));
  messenger.rooms.enter(room);
  net.last.answer(net.last.opts('room-join').at(-1), { errorcode: -5, txt: 'no' });
  await settled();
  assert.deepEqual([room.outside, refused], ['removed', [[room, -5]]]);
  messenger.rooms.enter(room);
  await admit(all);
  assert.deepEqual([room.outside, refused.length], [null, 1]);
});

test('a room that was left on another device while the line was away is not entered again', async () => {
  const all = await inLobby(page([said(1)]));
  all.net.last.end(1012);
  await all.clock.tick(1_000);
  all.api.joinedRooms = [];
  await greet(all);
  assert.deepEqual(all.net.last.opts('room-join'), []);
  assert.deepEqual([all.room.outside, all.room.joined, all.messenger.conversations.ordered()], ['left', false, []]);
});
