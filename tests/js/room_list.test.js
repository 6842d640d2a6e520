import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BOB, mine, T0, theirs } from './support/entries.js';
import { greet, online, world } from './support/messenger.js';
import { event, said } from './support/rooms.js';

test('the list joins rooms and conversations, and forgets those left elsewhere', async () => {
  const all = world();
  all.api.list = [{ ...BOB, last: theirs(1), last_seq: 1, last_time: T0 }];
  all.api.joinedRooms = [{ room: 'Lobby', joined: true, count: 2, last: said(9), last_seq: 9, last_time: T0 + 9000, read_seq: 8 }];
  all.messenger.start();
  await greet(all);
  const { conversations, directory } = all.messenger;
  assert.deepEqual(conversations.ordered().map(({ id }) => id), ['room:lobby', 2]);
  assert.equal(conversations.get('room:lobby').unread, 1);
  all.api.joinedRooms = [];
  await directory.list();
  assert.deepEqual(conversations.ordered().map(({ id }) => id), [2]);
});

test('a person called like a room is a person', async () => {
  const { messenger, net } = await online();
  net.last.push({ errorcode: 0, data: { user_id: 2, data: mine(1) } });
  assert.equal(messenger.conversations.get(2).isRoom, false);
  net.last.push(event('room-message', { room: '   ', data: said(1) }));
  net.last.push(event('room-join', { room: 5, by: '<' }));
  assert.equal(messenger.conversations.all().length, 1);
});
