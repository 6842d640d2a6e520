import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { BOB, T0 } from './support/entries.js';
import { inLobby } from './support/lobby.js';
import { contents } from './support/messenger.js';
import { event, page, said } from './support/rooms.js';

test('what a moderator removes is gone from log, list and cache', async () => {
  const { net, room, clock, session, messenger } = await inLobby(page([said(1), said(2, { content: 'rude' })]));
  net.last.push(event('room-delete', { seq: 2, user_id: 3 }));
  assert.deepEqual([contents(room), room.log[1].deleted, room.last.deleted], [['word 1', ''], true, true]);
  await clock.tick(1_000);
  const kept = Array.from({ length: session.length }, (_, index) => session.getItem(session.key(index))).join();
  assert.doesNotMatch(kept, /rude/);
  room.add([said(1, { content: '', deleted: true })]);
  assert.equal(room.log[0].deleted, true, 'and by a page that comes later');
  room.add([said(1)]);
  assert.equal(room.log[0].deleted, true);
  assert.equal(messenger.conversations.unread, 2);
});

test('what a moderator removes while an older page or the list is on its way is not brought back by it', async () => {
  const { messenger, net, api } = await inLobby(page([said(60), said(61)], { has_more: true, read_seq: 61 }));
  const answers = [];
  api.history = api.rooms = () => new Promise((resolve) => answers.push(resolve));
  messenger.loadOlder();
  const listed = messenger.directory.refreshRooms();
  for (const seq of [59, 61]) net.last.push(event('room-delete', { seq, user_id: 1 }));
  answers[0]({ logs: [said(58), said(59)], has_more: true, last_seq: 61 });
  answers[1]({ rooms: [{ room: 'Lobby', joined: true, last: said(61), last_seq: 61 }] });
  await listed;
  await settled();
  const room = messenger.opened;
  assert.deepEqual(contents(room), ['word 58', '', 'word 60', '']);
  assert.deepEqual([room.preview.content, room.preview.deleted], ['', true]);
});

test('what a moderator does is asked for, and a refusal is said', async () => {
  const { net, room, messenger } = await inLobby(page([said(1)], { moderator: true, owner: 1 }));
  const refused = [];
  messenger.on('refused', (where, code) => refused.push([where.id, code]));
  const done = [messenger.rooms.strike(room, 1), messenger.rooms.mute(room, 2, true), messenger.rooms.expel(room, 2)];
  const frames = ['room-delete', 'room-mute', 'room-remove'].map((opt) => net.last.opts(opt)[0]);
  assert.deepEqual(frames.map(({ data }) => data), [{ room: 'Lobby', seq: 1 }, { room: 'Lobby', user_id: 2, on: true }, { room: 'Lobby', user_id: 2, on: true }]);
  net.last.answer(frames[0], event('room-delete', { seq: 1, user_id: 1 }));
  net.last.answer(frames[1], event('room-mute', { user_id: 2, on: true }));
  net.last.answer(frames[2], event('room-remove', { user_id: 2, on: true, time: T0 }));
  const refusal = messenger.rooms.expel(room, 4);
  net.last.answer(net.last.opts('room-remove')[1], { errorcode: -5, txt: 'no' });
  assert.deepEqual(await Promise.all([...done, refusal]), [true, true, true, false]);
  assert.equal(room.joined, true, 'it was somebody else who had to leave');
  assert.deepEqual([room.roster.get(2).muted, room.muted, refused], [true, false, [['room:lobby', -5]]]);
  net.last.push(event('room-mute', { user_id: 1, on: true }));
  assert.equal(room.muted, true);
});

test('a moderator sees who was removed, and lets them come back', async () => {
  const { net, room, messenger, clock } = await inLobby(page([said(1)], { moderator: true, owner: 1 }));
  const shown = () => room.removed.map(({ name }) => name);
  const gone = (...removed) => net.last.answer(net.last.opts('room-removed').at(-1), event('room-removed', { removed, count: removed.length }));
  const expelling = messenger.rooms.expel(room, 2);
  net.last.answer(net.last.opts('room-remove')[0], event('room-remove', { user_id: 2, on: true, time: T0 }));
  await expelling;
  gone(BOB);
  await settled();
  assert.deepEqual(shown(), ['Bob']);
  const looking = messenger.rooms.lookForRemoved(room);
  net.last.answer(net.last.opts('room-removed').at(-1), { errorcode: -8, txt: 'later' });
  await looking;
  assert.deepEqual(shown(), ['Bob'], 'not known is not nobody');
  const returning = messenger.rooms.readmit(room, 2);
  const frame = net.last.opts('room-remove')[1];
  assert.deepEqual(frame.data, { room: 'Lobby', user_id: 2, on: false });
  net.last.answer(frame, event('room-remove', { user_id: 2, on: false, time: T0 }));
  await returning;
  gone();
  await settled();
  assert.deepEqual(shown(), []);
  await clock.tick(1_000);
  room.removed = [room.roster.get(2)];
  net.last.push(event('room-leave', { by: '>', time: T0, removed: false }));
  assert.deepEqual(shown(), [], 'whoever has left moderates no more');
});
