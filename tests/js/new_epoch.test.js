// The server's storage was replaced by an older state: nothing of the old one may come back.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { BOB, theirs } from './support/entries.js';
import { bob, contents, greet, online, reloaded, world } from './support/messenger.js';
import { forbiddenStorage } from './support/storage.js';

const old = (net, seq) => net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(seq, `old ${seq}`) } });
const moved = [{ user_id: 2, logs: [theirs(1, 'new')], reset: false, last_seq: 1, read_seq: 0 }];

async function replaced(all) {
  all.net.last.end(4503);
  await all.clock.tick(1_000);
  all.api.entries = [theirs(1, 'new')];
  await greet(all, { epoch: 'e2', moved });
}

test('it is noticed where the browser stores nothing', async () => {
  const all = await online({ session: forbiddenStorage, local: forbiddenStorage });
  [1, 2, 3].forEach((seq) => old(all.net, seq));
  all.messenger.open(bob);
  await settled();
  await replaced(all);
  assert.deepEqual(contents(all.messenger.opened), ['new']);
});

test('it is noticed where the page has emptied the storage', async () => {
  const all = await online();
  old(all.net, 1);
  await all.clock.tick(300);
  all.messenger.cache.clear();
  await replaced(all);
  assert.deepEqual(contents(all.messenger.conversations.get(2)), ['new']);
});

for (const [how, end] of [['comes', ({ resolve }) => resolve({ logs: [theirs(1, 'old 1')], last_seq: 2 })], ['fails', ({ reject }) => reject(new Error('timeout'))]]) {
  test(`a page of the old world that ${how} afterwards leaves nothing in the cache`, async () => {
    const all = await online();
    const { messenger, api, net, clock } = all;
    old(net, 1);
    old(net, 2);
    const { history } = api;
    let page;
    api.history = () => new Promise((resolve, reject) => { page = { resolve, reject }; });
    messenger.open(bob);
    await settled();
    api.history = history;
    await replaced(all);
    end(page);
    await clock.tick(1_000);
    messenger.stop();
    const second = reloaded(all);
    second.messenger.start();
    assert.deepEqual(contents(second.messenger.open(bob)), ['new']);
  });
}

test('a list of the old world that is still on its way is not waited for, and names nobody', async () => {
  const all = world();
  const { messenger, net, api, clock } = all;
  const { recentUsers } = api;
  const answers = [];
  api.recentUsers = () => new Promise((resolve) => answers.push(resolve));
  messenger.start();
  await settled();
  net.last.hello({ epoch: 'e1' });
  net.last.end(4503);
  await clock.tick(1_000);
  api.recentUsers = recentUsers;
  await greet(all, { epoch: 'e2' });
  assert.equal(messenger.status.state, 'online');
  answers.forEach((answer) => answer({ conversations: [{ ...BOB, last: theirs(9), last_seq: 9 }], next: null }));
  await settled();
  assert.deepEqual(messenger.conversations.all(), []);
});

test('what was read in the old world is not said of the new one', async () => {
  const all = await online();
  [1, 2, 3].forEach((seq) => old(all.net, seq));
  all.messenger.saw(all.messenger.conversations.get(2), 3);
  await all.clock.tick(100);
  await replaced(all);
  await all.clock.tick(1_000);
  assert.deepEqual(all.net.last.opts('read'), []);
});
