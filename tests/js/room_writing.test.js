import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { T0 } from './support/entries.js';
import { inLobby } from './support/lobby.js';
import { contents, greet, online, reloaded } from './support/messenger.js';
import { admit, ALICE, page, said } from './support/rooms.js';

test('what was written under another spelling goes along, also when nobody looks at it any more', async () => {
  for (const opened of [true, false]) {
    const all = await online();
    const { messenger, net } = all;
    const moved = [];
    messenger.writing.on('moved', (from, to) => moved.push([from.id, to.id]));
    messenger.openRoom('STRASSE');
    const { clientId } = messenger.send('words');
    if (!opened) messenger.close();
    await admit(all, page([], { room: 'Straße' }));
    await admit(all, page([], { room: 'Straße' }));
    assert.deepEqual(net.last.opts('room-say').map(({ data }) => data), [{ room: 'straße', content: 'words', client_id: clientId }]);
    assert.deepEqual(contents(messenger.conversations.get('room:straße')), ['words']);
    assert.deepEqual([messenger.opened?.id, moved], [opened ? 'room:straße' : undefined, [['room:strasse', 'room:straße']]]);
  }
});

test('what is written goes out by room-say, with one client_id however often', async () => {
  const all = await inLobby();
  const { messenger, net, room, clock } = all;
  const { clientId } = messenger.send('hello');
  const frame = () => net.last.opts('room-say').at(-1);
  assert.deepEqual(frame().data, { room: 'lobby', content: 'hello', client_id: clientId });
  net.last.end(1012);
  await clock.tick(1_000);
  await greet(all);
  await admit(all);
  assert.equal(frame().data.client_id, clientId);
  net.last.answer(frame(), { errorcode: 2, txt: 'success.', data: { room: 'Lobby', data: said(1, { by: ALICE, content: 'hello', client_id: clientId }) } });
  await settled();
  assert.deepEqual(contents(room), ['hello']);
  assert.equal(messenger.outbox.size, 0);
  assert.deepEqual([room.online, room.unread, room.stateOf(room.log[0])], [false, 0, 'sent']);
});

test('nothing is said before one is in; then it is', async () => {
  const all = await online();
  all.messenger.openRoom('Lobby');
  all.messenger.send('early');
  assert.deepEqual(all.net.last.opts('room-say'), []);
  await admit(all);
  assert.equal(all.net.last.opts('room-say').length, 1);
});

test('after a reload the outbox, the draft of history and the list are there at once', async () => {
  const first = await inLobby(page([said(1)]));
  const { clientId } = first.messenger.send('kept');
  await first.clock.tick(1_000);
  const second = reloaded(first);
  second.messenger.start();
  const [room] = second.messenger.conversations.ordered();
  assert.deepEqual([room.person.name, room.joined, room.last.content], ['Lobby', true, 'kept']);
  second.messenger.open(room.person);
  assert.deepEqual(contents(room), ['word 1', 'kept']);
  assert.equal(room.log[0].author.name, 'Bob');
  second.api.joinedRooms = [{ room: 'Lobby', joined: true, count: 2, last_seq: 1, last_time: T0 }];
  await greet(second);
  assert.deepEqual(second.net.last.opts('sync')[0].data, { seqs: {}, rooms: { Lobby: 1 }, all: true });
  assert.deepEqual(second.net.last.opts('room-say'), [], 'this connection is not in yet');
  await admit(second, page([said(1)]));
  assert.equal(second.net.last.opts('room-say')[0].data.client_id, clientId);
});

test('a room with something to send is joined though nobody opens it, and read is said once one is in', async () => {
  const first = await inLobby(page([said(1)]));
  first.messenger.send('kept');
  await first.clock.tick(1_000);
  const second = reloaded(first);
  second.messenger.start();
  await greet(second);
  second.messenger.saw(second.messenger.conversations.get('room:lobby'), 1);
  await second.clock.tick(1_000);
  assert.deepEqual(second.net.last.opts('room-read'), []);
  await admit(second, page([said(1)]));
  await second.clock.tick(1_000);
  assert.deepEqual([second.net.last.opts('room-say').length, second.net.last.opts('room-read').length], [1, 1]);
});
