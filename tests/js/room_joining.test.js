import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { inLobby, names } from './support/lobby.js';
import { contents, greet, online } from './support/messenger.js';
import { admit, ANN, page, said } from './support/rooms.js';

test('joining brings the newest messages and who is in', async () => {
  const { room, messenger } = await inLobby(page([said(1), said(2, { by: ANN })]));
  assert.deepEqual(contents(room), ['word 1', 'word 2']);
  assert.deepEqual(room.log.map(({ author }) => author.name), ['Bob', 'Ann']);
  assert.deepEqual(names(room), ['Alice', 'Bob']);
  assert.deepEqual([room.unread, room.joined, room.hasOlder], [2, true, false]);
  assert.deepEqual(messenger.conversations.ordered(), [room]);
});

test('whichever spelling one came by, it is one room, called as the server calls it', async () => {
  const all = await online();
  const room = all.messenger.openRoom('ｌｏｂｂｙ');
  await admit(all);
  assert.equal(all.messenger.openRoom('LOBBY'), room);
  assert.equal(room.person.name, 'Lobby');
});

test('a spelling that only the server knows to be the same leads to the room it is', async () => {
  const all = await online();
  all.messenger.openRoom('STRASSE');
  await admit(all, page([], { room: 'Straße' }));
  assert.equal(all.net.last.opts('room-join').at(-1).data.room, 'Straße');
  await admit(all, page([], { room: 'Straße' }));
  assert.equal(all.messenger.opened.person.name, 'Straße');
  assert.equal(all.messenger.opened.joined, true);
});

test('a room that is not, and one that does not want us', async () => {
  for (const [errorcode, outside] of [[-4, 'missing'], [-5, 'removed'], [-2, 'missing']]) {
    const { messenger, net } = await online();
    const room = messenger.openRoom('Nowhere');
    net.last.answer(net.last.opts('room-join')[0], { errorcode, txt: 'no' });
    await settled();
    assert.equal(room.outside, outside);
  }
});

test('a connection is in fifty rooms at most; the next one begins with those opened last', async () => {
  const all = await online();
  const refused = [];
  all.messenger.on('refused', (room, code) => refused.push([room.person.name, code]));
  for (let number = 1; number <= 50; number += 1) {
    all.messenger.openRoom(`r${number}`);
    await admit(all, page([], { room: `r${number}` }));
  }
  all.messenger.openRoom('r51');
  all.net.last.answer(all.net.last.opts('room-join').at(-1), { errorcode: -7, txt: 'too many' });
  await settled();
  assert.deepEqual(refused, [['r51', -8]]);
  all.api.joinedRooms = Array.from({ length: 50 }, (_, index) => ({ room: `r${index + 1}`, joined: true }));
  all.net.last.end(1012);
  await all.clock.tick(1_000);
  await greet(all);
  const joined = [];
  for (let frames = all.net.last.opts('room-join'); frames.length > joined.length; frames = all.net.last.opts('room-join')) {
    assert.equal(frames.length, joined.length + 1, 'one after the other: the page of each may be long');
    joined.push(frames.at(-1).data.room);
    await admit(all, page([], { room: joined.at(-1) }));
  }
  assert.deepEqual([joined.length, joined[0], joined.at(-1)], [50, 'r51', 'r2']);
});

test('a server that cannot just now is asked again', async () => {
  const { messenger, net, clock } = await online();
  messenger.openRoom('Lobby');
  net.last.answer(net.last.opts('room-join')[0], { errorcode: -8, txt: 'not now' });
  await clock.tick(3_000);
  assert.equal(net.last.opts('room-join').length, 2);
});

test('a storage that was replaced: what we held goes, and the open room is joined anew', async () => {
  const all = await inLobby(page([said(1), said(2)]));
  all.net.last.end(4503);
  await all.clock.tick(1_000);
  await greet(all, { epoch: 'e2' });
  assert.deepEqual(contents(all.messenger.opened), []);
  await admit(all, page([said(1, { content: 'another' })]));
  assert.deepEqual(contents(all.messenger.opened), ['another']);
  assert.equal(all.messenger.opened.person.name, 'Lobby');
});
