import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { theirs } from './support/entries.js';
import { bob, online } from './support/messenger.js';

test('a stranger who writes is asked after and shown by name', async () => {
  const { messenger, net } = await online();
  net.last.push({ errorcode: 0, data: { user_id: 44, data: theirs(1) } });
  await settled();
  assert.equal(messenger.conversations.get(44).person.name, 'User 44');
});

test('what a stranger writes is told by name, in order, and all the same when nobody can say who it is', async () => {
  const { messenger, net, api, clock } = await online();
  const told = [];
  messenger.on('message', ({ person }, { content }) => told.push(`${person.name}: ${content}`));
  const says = (id, seq) => net.last.push({ errorcode: 0, data: { user_id: id, data: theirs(seq) } });
  let answer;
  api.user = () => new Promise((resolve) => { answer = resolve; });
  says(44, 1);
  says(44, 2);
  await settled();
  assert.deepEqual(told, []);
  answer({ user_id: 44, username: 'eve', name: 'Eve' });
  await settled();
  assert.deepEqual(told.splice(0), ['Eve: their 1', 'Eve: their 2']);
  says(44, 3);
  assert.deepEqual(told.splice(0), ['Eve: their 3']);
  messenger.openAt(45);
  says(45, 1);
  await clock.tick(1_999);
  assert.deepEqual(told, []);
  await clock.tick(1);
  assert.deepEqual(told, ['45: their 1']);
  messenger.stop();
  assert.equal(clock.pending, 0);
});

test('search finds others, never oneself', async () => {
  const { messenger } = await online();
  assert.deepEqual((await messenger.directory.search('b', messenger.me)).map((person) => person.id), [2]);
});

test('hostile pushes change nothing and break nothing', async () => {
  const { messenger, net } = await online();
  const datas = [null, 5, 'x', [], {}, { user_id: 'a', data: theirs(1) }, { user_id: 2 }, { user_id: 2, data: [] }, { user_id: 2, data: ['<'] },
    { event: 'read' }, { event: 'read', user_id: 2, seq: 'x' }, { event: '__proto__', user_id: 2 }, { event: 'typing', user_id: '__proto__' }];
  for (const errorcode of [0, 1, 2, 3, 4, -1]) for (const data of datas) net.last.push({ errorcode, data });
  await settled();
  assert.deepEqual(messenger.conversations.ordered(), []);
});

test('stop leaves no timer, and what arrives later writes nothing', async () => {
  const { messenger, net, clock, session } = await online();
  messenger.open(bob);
  messenger.typed('x');
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
  net.last.push({ errorcode: 3, data: { event: 'typing', user_id: 2, on: true } });
  messenger.stop();
  assert.equal(clock.pending, 0);
  for (const key of Array.from({ length: session.length }, (_, index) => session.key(index))) session.removeItem(key);
  await clock.tick(60_000);
  assert.equal(session.length, 0);
  assert.equal(clock.pending, 0);
});
