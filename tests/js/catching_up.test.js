import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { BOB, theirs } from './support/entries.js';
import { bob, contents, greet, online, reloaded, world } from './support/messenger.js';

test('sync asks with what is held, and reset replaces the log', async () => {
  const all = await online();
  const { messenger, net, clock } = all;
  [1, 2, 3].forEach((seq) => net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(seq) } }));
  net.last.end(1012);
  await clock.tick(1_000);
  const sync = await greet(all, { moved: [{ user_id: 2, logs: [theirs(301), theirs(302)], reset: true, last_seq: 302, read_seq: 3, online: true }] });
  assert.deepEqual(sync.data.seqs, { 2: 3 });
  const conversation = messenger.conversations.get(2);
  assert.deepEqual(conversation.log.map((message) => message.seq), [301, 302]);
  assert.equal(conversation.unread, 299);
  assert.ok(conversation.online);
});

test('a gap in what is being looked at is filled from history', async () => {
  const all = await online();
  const { messenger, net, api } = all;
  api.entries = [1, 2, 3, 4, 5].map((seq) => theirs(seq));
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
  const conversation = messenger.open(bob);
  await settled();
  api.entries = Array.from({ length: 9 }, (_, index) => theirs(index + 1));
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(9) } });
  await settled();
  await settled();
  assert.deepEqual(conversation.gaps, []);
  assert.equal(conversation.log.length, 9);
});

test('older pages are loaded one at a time, down to the beginning and no further', async () => {
  const all = await online();
  const { messenger, api } = all;
  Object.assign(api, { entries: Array.from({ length: 120 }, (_, index) => theirs(index + 1)), readSeq: 120 });
  const conversation = messenger.open(bob);
  await settled();
  assert.equal(conversation.log.length, 50);
  messenger.loadOlder();
  messenger.loadOlder();
  await settled();
  assert.equal(conversation.log.length, 100);
  messenger.loadOlder();
  await settled();
  assert.equal(conversation.log.length, 120);
  const asked = api.calls.length;
  messenger.loadOlder();
  assert.equal(api.calls.length, asked);
});

test('the cache paints list and history before any network', async () => {
  const first = await online();
  first.net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1, 'remember me') } });
  await first.clock.tick(300);
  first.messenger.stop();
  const second = reloaded(first);
  second.messenger.start();
  const [conversation] = second.messenger.conversations.ordered();
  assert.equal(conversation.person.name, 'User 2');
  assert.equal(conversation.unread, 1);
  assert.deepEqual(contents(second.messenger.open(conversation.person)), ['remember me']);
  assert.equal(second.net.sockets.length, 0);
});

test('another epoch drops what the cache holds, and keeps what was written', async () => {
  const all = await online();
  const { messenger, net, clock } = all;
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1, 'of the old world') } });
  messenger.open(bob);
  net.last.end(4503);
  messenger.send('mine to keep');
  await clock.tick(1_000);
  await greet(all, { epoch: 'e2' });
  assert.deepEqual(contents(messenger.opened), ['mine to keep']);
  assert.equal(messenger.cache.readLog(2).length, 0);
  assert.equal(net.last.opts('sync')[0].data.seqs[2], 0);
});

test('a list that could not be had is asked for again while the socket lives', async () => {
  const all = world();
  const { messenger, net, api, clock } = all;
  const fine = api.recentUsers;
  api.recentUsers = () => Promise.reject(new Error('network changed'));
  messenger.start();
  await greet(all);
  assert.equal(messenger.status.state, 'online');
  api.recentUsers = fine;
  api.list = [{ ...BOB, last: theirs(1), last_seq: 1 }];
  await clock.tick(2_000);
  assert.equal(messenger.conversations.ordered().length, 1);
  assert.equal(net.sockets.length, 1);
});

test('that the network went is said at once, and taken back by whatever still arrives', async () => {
  const { messenger, net, clock } = await online();
  messenger.connection.doubt();
  assert.equal(messenger.status.state, 'waiting');
  assert.equal(net.last.opts('ping').length, 1);
  net.last.push({ errorcode: 3, data: { event: 'pong' } });
  assert.equal(messenger.status.state, 'online');
  messenger.connection.doubt();
  messenger.connection.doubt();
  await clock.tick(10_000);
  assert.equal(messenger.transport.state, 'waiting', 'nothing arrived');
  messenger.transport.wake();
  await settled();
  assert.equal(messenger.status.state, 'connecting');
  messenger.connection.doubt();
  assert.equal(messenger.status.state, 'connecting', 'there is no socket to doubt');
});

test('a list that cannot be had is asked for less and less often, and nothing else with it', async () => {
  const all = world();
  const { messenger, net, api, clock } = all;
  let asked = 0;
  api.recentUsers = () => Promise.reject(new Error(`away ${++asked}`));
  messenger.start();
  await settled();
  messenger.openRoom('Lobby');
  await greet(all);
  for (let passed = 0; passed < 120_000; passed += 5_000) {
    await clock.tick(5_000);
    net.last.push({ errorcode: 3, data: { event: 'pong' } });
  }
  assert.ok(asked > 5 && asked < 12, `asked ${asked} times in two minutes`);
  assert.deepEqual(['sync', 'room-join'].map((opt) => net.last.opts(opt).length), [1, 1 + Math.floor(120_000 / 22_000)]);
});

test('what one finds at the first look is no news, whatever is unread; what came while one was away is', async () => {
  const all = world();
  const { messenger, net, clock } = all;
  const heard = [];
  messenger.on('message', ({ id }, { seq }) => heard.push([id, seq]));
  messenger.start();
  const missed = (id, seq, readSeq = 0) => ({ ...BOB, user_id: id, logs: [theirs(seq)], reset: false, last_seq: seq, read_seq: readSeq });
  await greet(all, { moved: [missed(7, 1), missed(8, 1, 1)] });
  net.last.end(1006);
  await clock.tick(1_000);
  await greet(all, { moved: [missed(7, 2, 2), missed(8, 2), missed(9, 1)] });
  assert.deepEqual(heard, [[8, 2], [9, 1]]);
});

test('what the list brought before the sync answer is news all the same', async () => {
  const all = await online();
  const { messenger, net, api, clock } = all;
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
  await settled();
  net.last.end(1006);
  const heard = [];
  messenger.on('message', (_, { seq }) => heard.push(seq));
  api.list = [{ ...BOB, last: theirs(3), last_seq: 3, read_seq: 0 }];
  await clock.tick(1_000);
  await greet(all, { moved: [{ user_id: 2, logs: [theirs(2), theirs(3)], reset: false, last_seq: 3, read_seq: 0 }] });
  assert.deepEqual(heard, [3]);
});

test('whom sync names is not asked after', async () => {
  const all = world();
  let asked = 0;
  all.api.user = () => Promise.reject(new Error(`too fast ${++asked}`));
  all.messenger.start();
  await greet(all, { moved: [{ ...BOB, user_id: 40, name: 'Ann', logs: [theirs(1)], reset: false, last_seq: 1, read_seq: 0 }] });
  assert.deepEqual([all.messenger.conversations.get(40).person.name, asked], ['Ann', 0]);
});

test('how far both sides are and who is there is learned of conversations that did not move', async () => {
  const all = await online();
  const { messenger, net, clock } = all;
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
  net.last.push({ errorcode: 3, data: { event: 'presence', user_id: 2, online: true } });
  await clock.tick(1_000);
  net.last.answer(net.last.opts('delivered')[0], { errorcode: 3, data: { event: 'delivered', user_id: 2, seq: 1, by: '>' } });
  net.last.end(1006);
  await clock.tick(1_000);
  const still = { user_id: 2, logs: [], reset: false, last_seq: 1, read_seq: 0, unread: 1, online: false };
  const sync = await greet(all, { moved: [still] });
  await clock.tick(1_000);
  assert.deepEqual(net.last.opts('delivered'), [], 'nothing was received since');
  net.last.end(1006);
  await clock.tick(1_000);
  await greet(all, { moved: [{ ...still, read_seq: 1 }] });
  assert.deepEqual([sync.data.seqs, sync.data.all], [{ 2: 1 }, true]);
  const conversation = messenger.conversations.get(2);
  assert.deepEqual([conversation.unread, conversation.online], [0, false]);
});
