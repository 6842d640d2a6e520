import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { mine } from './support/entries.js';
import { bob, contents, greet, online, reloaded, world } from './support/messenger.js';

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

test('what a tab that was closed could not send is sent by one that stays', async () => {
  const stays = await online();
  const { net, clock, local, api } = stays;
  const closed = world({ clock, local, api });
  closed.messenger.start();
  closed.messenger.open(bob);
  net.last.end(1012);
  const { clientId } = closed.messenger.send('important');
  closed.messenger.stop();
  await clock.tick(1_000);
  await greet(stays);
  await clock.tick(10_000);
  assert.deepEqual(net.last.opts('chat-to').map(({ data }) => data.client_id), [clientId]);
  assert.deepEqual(contents(stays.messenger.conversations.get(2)), ['important']);
});

test('another tab is given the time to send what was written there', async () => {
  const other = await online();
  const { net, clock, local, api } = other;
  const writes = await online({ clock, local, api });
  writes.messenger.open(bob);
  writes.messenger.send('mine to send');
  other.messenger.writing.watch(); // its storage has changed
  await clock.tick(5_000);
  const [frame] = writes.net.last.opts('chat-to');
  writes.net.last.answer(frame, stored(1, frame));
  await clock.tick(10_000);
  assert.deepEqual(net.last.opts('chat-to'), []);
  writes.net.last.end(1012);
  writes.messenger.send('the line is gone here alone');
  other.messenger.writing.watch();
  await clock.tick(10_000);
  assert.equal(net.last.opts('chat-to').length, 1);
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
