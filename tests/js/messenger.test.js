import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { BOB, mine, theirs } from './support/entries.js';
import { greet, online, reloaded, world } from './support/messenger.js';
import { personOf } from '../../static/parley/person.js';

const bob = personOf(BOB);
const contents = (conversation) => [...conversation.log, ...conversation.pending].map((message) => message.content);
const stored = (seq, frame, errorcode = 1) => ({
  errorcode, data: { user_id: frame.data.other, data: ['>', frame.data.content, '', { seq, time: 1_763_632_800_000, client_id: frame.data.client_id }] },
});

test('a message is shown at once, sent, and becomes the stored one', async () => {
  const { messenger, net } = await online();
  const conversation = messenger.open(bob);
  messenger.send('hello');
  assert.deepEqual(contents(conversation), ['hello']);
  const [frame] = net.last.opts('chat-to');
  assert.deepEqual(Object.keys(frame.data).sort(), ['client_id', 'content', 'other']);
  net.last.answer(frame, stored(1, frame));
  await settled();
  assert.deepEqual(contents(conversation), ['hello']);
  assert.equal(conversation.stateOf(conversation.log[0]), 'sent');
  assert.equal(messenger.outbox.size, 0);
});

test('the outbox goes out after sync, with the client_ids it always had, in order', async () => {
  const first = world();
  first.messenger.start();
  first.messenger.open(bob);
  const ids = ['a', 'b', 'c'].map((content) => first.messenger.send(content).clientId);
  const second = reloaded(first);
  second.messenger.start();
  await greet(second, { beforeSync: () => assert.deepEqual(second.net.last.opts('chat-to'), []) });
  for (const [index, id] of ids.entries()) {
    const frame = second.net.last.opts('chat-to').at(-1);
    assert.equal(frame.data.client_id, id);
    assert.equal(second.net.last.opts('chat-to').length, index + 1, 'one after the other');
    second.net.last.answer(frame, stored(index + 1, frame));
    await settled();
  }
  assert.equal(second.messenger.outbox.size, 0);
});

test('a reload between the write and its answer shows the message once', async () => {
  const first = await online();
  first.messenger.open(bob);
  const { clientId } = first.messenger.send('once');
  const second = reloaded(first);
  second.messenger.start();
  await greet(second, { moved: [{ user_id: 2, logs: [mine(1, 'once', clientId)], reset: false, last_seq: 1 }] });
  assert.deepEqual(contents(second.messenger.open(bob)), ['once']);
  assert.equal(second.messenger.outbox.size, 0);
  assert.equal(second.net.last.opts('chat-to').length, 0, 'the server has it: nothing to send');
});

test('-8 and -6 are tried again with the same client_id, others fail and let the next pass', async () => {
  const { messenger, net, clock } = await online();
  const conversation = messenger.open(bob);
  const sent = () => net.last.opts('chat-to');
  const { clientId } = messenger.send('first');
  messenger.send('second');
  net.last.answer(sent()[0], { errorcode: -8, txt: 'not now' });
  await clock.tick(1_000);
  assert.equal(sent()[1].data.client_id, clientId);
  net.last.answer(sent()[1], { errorcode: -6, txt: 'too fast', data: { retry_after: 3 } });
  await clock.tick(2_900);
  assert.equal(sent().length, 2);
  await clock.tick(200);
  assert.equal(sent()[2].data.client_id, clientId);
  net.last.answer(sent()[2], { errorcode: -5, txt: 'not allowed' });
  await settled();
  assert.equal(sent()[3].data.content, 'second');
  assert.deepEqual(conversation.pending.map((item) => conversation.stateOf(item)), ['failed', 'sending']);
  messenger.writing.retry(conversation.pending[0]);
  net.last.answer(sent()[3], stored(1, sent()[3]));
  await settled();
  assert.equal(sent()[4].data.client_id, clientId);
  messenger.writing.discard(conversation.pending[0]);
  assert.deepEqual(conversation.pending, []);
});

test('a connection lost before the answer: sent again on the next', async () => {
  const all = await online();
  const { messenger, net, clock } = all;
  messenger.open(bob);
  const { clientId } = messenger.send('x');
  net.last.end(1012);
  await clock.tick(1_000);
  await greet(all);
  const frames = net.last.opts('chat-to');
  assert.deepEqual(frames.map((frame) => frame.data.client_id), [clientId]);
  net.last.answer(frames[0], { ...stored(1, frames[0]), data: { ...stored(1, frames[0]).data, dup: true } });
  await settled();
  assert.equal(messenger.outbox.size, 0);
});

test('what another tab of mine sent appears here, marked as mine', async () => {
  const { messenger, net } = await online();
  net.last.push({ errorcode: 2, txt: 'success.', data: { user_id: 2, data: mine(1, 'from my phone') } });
  const conversation = messenger.open(bob);
  assert.equal(conversation.log[0].mine, true);
  assert.equal(conversation.unread, 0);
});

test('the offline word comes only to the tab that asked, and not for a repeat', async () => {
  const { messenger, net } = await online();
  const told = [];
  messenger.on('offline', (conversation) => told.push(conversation.id));
  net.last.push({ errorcode: 2, data: { user_id: 2, data: mine(1) } });
  assert.deepEqual(told, []);
  messenger.open(bob);
  messenger.send('x');
  const [frame] = net.last.opts('chat-to');
  net.last.answer(frame, stored(2, frame, 2));
  await settled();
  assert.deepEqual(told, [2]);
});

test('receiving says delivered, seeing says read; both coalesced', async () => {
  const { messenger, net, clock } = await online();
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(2) } });
  await clock.tick(200);
  assert.deepEqual(net.last.opts('delivered').map((frame) => frame.data), [{ other: 2, seq: 2 }]);
  const conversation = messenger.open(bob);
  assert.equal(conversation.unread, 2);
  messenger.saw(conversation, 1);
  messenger.saw(conversation, 2);
  messenger.saw(conversation, 2);
  await clock.tick(200);
  assert.deepEqual(net.last.opts('read').map((frame) => frame.data), [{ other: 2, seq: 2 }]);
  assert.equal(messenger.conversations.unread, 0);
});

test('a receipt that the connection swallowed is said again', async () => {
  const all = await online();
  const { messenger, net, clock } = all;
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
  messenger.saw(messenger.open(bob), 1);
  await clock.tick(200);
  net.last.end(1006);
  await clock.tick(1_000);
  await greet(all);
  await clock.tick(200);
  const [again] = net.last.opts('read');
  assert.deepEqual(again.data, { other: 2, seq: 1 });
  net.last.answer(again, { errorcode: 3, data: { event: 'read', user_id: 2, seq: 1, by: '>' } });
  net.last.end(1006);
  await clock.tick(1_000);
  await greet(all);
  await clock.tick(200);
  assert.equal(net.last.opts('read').length, 0, 'once confirmed, never again');
});

test('read events move ticks and the unread number of my other tabs', async () => {
  const { messenger, net } = await online();
  net.last.push({ errorcode: 1, data: { user_id: 2, data: mine(1) } });
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(2) } });
  net.last.push({ errorcode: 1, data: { user_id: 2, data: mine(3) } });
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(4) } });
  const conversation = messenger.open(bob);
  assert.equal(conversation.unread, 1);
  net.last.push({ errorcode: 3, data: { event: 'read', user_id: 2, seq: 4, by: '>' } });
  assert.equal(conversation.unread, 0);
  net.last.push({ errorcode: 3, data: { event: 'delivered', user_id: 2, seq: 3, by: '<' } });
  net.last.push({ errorcode: 3, data: { event: 'read', user_id: 2, seq: 3, by: '<' } });
  assert.deepEqual(conversation.log.filter((message) => message.mine).map((message) => conversation.stateOf(message)), ['read', 'read']);
});

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
  api.entries = Array.from({ length: 120 }, (_, index) => theirs(index + 1));
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

test('somebody else in the same browser: stop at once, send nothing of mine as theirs', async () => {
  const all = world();
  const { messenger, net } = all;
  const reasons = [];
  messenger.on('signedout', (reason) => reasons.push(reason));
  messenger.start();
  messenger.open(bob);
  messenger.send('secret');
  await settled();
  net.last.hello({ user_id: 7 });
  await settled();
  assert.deepEqual(reasons, ['switched']);
  assert.ok(net.last.closed);
  assert.deepEqual(net.last.sent, []);
});

test('4401: signed out when the server says so, tried again when it still knows me', async () => {
  const all = await online();
  const { messenger, net, api, clock } = all;
  const reasons = [];
  messenger.on('signedout', (reason) => reasons.push(reason));
  net.last.end(4401);
  await clock.tick(5_000);
  assert.equal(net.sockets.length, 2);
  await greet(all);
  api.identity = null;
  net.last.end(4401);
  await clock.tick(60_000);
  assert.deepEqual(reasons, ['expired']);
  assert.equal(net.sockets.length, 2);
});

test('4401: taken up again at once, without a word; again and again only every 5 s', async () => {
  const all = await online();
  const { messenger, net, clock } = all;
  const states = new Set();
  messenger.on('status', ({ state }) => states.add(state));
  net.last.end(4401);
  await clock.tick(1);
  assert.equal(net.sockets.length, 2);
  await greet(all);
  assert.deepEqual([...states], ['connecting', 'catching-up', 'online']);
  net.last.end(4401);
  await clock.tick(4_000);
  assert.equal(net.sockets.length, 2);
  await clock.tick(1_000);
  assert.equal(net.sockets.length, 3);
});

test('a handshake refused to an expired token is repeated at once with the next one', async () => {
  const { net, api, clock } = await online();
  const { me } = api;
  api.renewals = 0;
  api.me = () => {
    api.renewals += 1;
    return me.call(api);
  };
  net.last.end(1006);
  await clock.tick(1);
  assert.equal(net.sockets.length, 2);
});

test('a handshake refused because the session ended is recognised', async () => {
  const { messenger, net, api, clock } = await online();
  const reasons = [];
  messenger.on('signedout', (reason) => reasons.push(reason));
  api.identity = null;
  net.last.end(1006);
  await clock.tick(1_000);
  assert.deepEqual(reasons, ['expired']);
});

test('typing: said at most every 3 s, taken back when idle or sent', async () => {
  const { messenger, net, clock } = await online();
  messenger.open(bob);
  const said = () => net.last.opts('typing').map((frame) => frame.data.on);
  for (let key = 0; key < 10; key += 1) {
    messenger.typed('x'.repeat(key + 1));
    await clock.tick(500);
  }
  assert.deepEqual(said(), [true, true]);
  await clock.tick(4_000);
  assert.deepEqual(said(), [true, true, false]);
  messenger.typed('again');
  messenger.send('again');
  assert.deepEqual(said(), [true, true, false, true, false]);
});

test('typing of the other side ends by itself, by a message, or by going away', async () => {
  const { messenger, net, clock } = await online();
  const conversation = messenger.open(bob);
  const type = () => net.last.push({ errorcode: 3, data: { event: 'typing', user_id: 2, on: true } });
  type();
  assert.ok(conversation.typing);
  await clock.tick(7_000);
  assert.equal(conversation.typing, false);
  type();
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
  assert.equal(conversation.typing, false);
  type();
  net.last.push({ errorcode: 3, data: { event: 'presence', user_id: 2, online: false, last_seen: 5 } });
  assert.equal(conversation.typing, false);
  assert.equal(conversation.lastSeen, 5);
});

test('a stranger who writes is asked after and shown by name', async () => {
  const { messenger, net } = await online();
  net.last.push({ errorcode: 0, data: { user_id: 44, data: theirs(1) } });
  await settled();
  assert.equal(messenger.conversations.get(44).person.name, 'User 44');
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

test('nothing blank, nothing too long, nothing beyond the bound is taken', async () => {
  const { messenger } = await online();
  messenger.open(bob);
  assert.equal(messenger.send(' \n '), null);
  assert.equal(messenger.send('x'.repeat(8_193)), null);
  let full = 0;
  messenger.on('full', () => { full += 1; });
  for (let count = 0; count < 201; count += 1) messenger.send('x');
  assert.equal(full, 1);
  assert.equal(messenger.outbox.size, 200);
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
