import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { BOB, mine, theirs } from './support/entries.js';
import { bob, greet, online, reloaded } from './support/messenger.js';

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

for (const by of ['list', 'sync', 'history']) {
  test(`what was read without a line is said after a reload, when the ${by} knows less`, async () => {
    const first = await online();
    first.net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
    first.net.last.end(1006);
    first.messenger.saw(first.messenger.open(bob), 1);
    first.messenger.stop();
    const second = reloaded(first);
    const less = { ...BOB, last_seq: 1, read_seq: 0, unread: 1 };
    if (by === 'list') second.api.list = [{ ...less, last: theirs(1) }];
    second.messenger.start();
    await greet(second, { moved: by === 'sync' ? [{ ...less, logs: [], reset: false }] : [] });
    if (by === 'history') {
      second.api.history = async () => ({ ...less, logs: [theirs(1)], has_more: false });
      second.messenger.open(bob);
      await settled();
    }
    await second.clock.tick(200);
    assert.deepEqual(second.net.last.opts('read').map(({ data }) => data), [{ other: 2, seq: 1 }]);
    assert.equal(second.messenger.conversations.unread, 0);
  });
}

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
