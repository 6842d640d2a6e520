import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { BOB, theirs } from './support/entries.js';
import { bob, online } from './support/messenger.js';

const there = (net, online) => net.last.push({ errorcode: 3, data: { event: 'presence', user_id: 2, online } });
const late = (answers) => () => new Promise((resolve) => answers.push(resolve));

test('who has left since a page or a list was asked for is not shown as there by it', async () => {
  const { messenger, net, api } = await online();
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
  const [pages, lists] = [[], []];
  Object.assign(api, { history: late(pages), recentUsers: late(lists) });
  const conversation = messenger.open(bob);
  messenger.directory.list();
  await settled();
  there(net, false);
  pages[0]({ logs: [theirs(1)], last_seq: 1, online: true });
  lists[0]({ conversations: [{ ...BOB, last: theirs(1), last_seq: 1, online: true }] });
  await settled();
  assert.deepEqual([conversation.online, conversation.person.name], [false, 'Bob']);
});

test('what is asked for after the push counts', async () => {
  const { messenger, net, api } = await online();
  net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(1) } });
  there(net, false);
  api.list = [{ ...BOB, last: theirs(1), last_seq: 1, online: true }];
  await messenger.directory.list();
  assert.equal(messenger.conversations.get(2).online, true);
});
