import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { bob, greet, online, world } from './support/messenger.js';

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

test('4401: a clock that is set back makes nobody wait longer', async () => {
  const all = await online();
  const { net, clock } = all;
  net.last.end(4401);
  await clock.tick(1);
  await greet(all);
  clock.jump(-3_600_000);
  net.last.end(4401);
  await clock.tick(5_000);
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

for (const [name, lose] of [['the line is lost', 1006], ['there are too many sockets', 4409]]) {
  test(`somebody else in the same browser is noticed where ${name}`, async () => {
    const { messenger, net, api } = await online();
    const reasons = [];
    messenger.on('signedout', (reason) => reasons.push(reason));
    api.identity = { user_id: 9, username: 'eve' };
    net.last.end(lose);
    await settled();
    assert.deepEqual(reasons, ['switched']);
  });
}

test('an answer that is not for us makes us ask who we are, and it is said once', async () => {
  const { messenger, net, api } = await online();
  const reasons = [];
  messenger.on('signedout', (reason) => reasons.push(reason));
  api.refused();
  await settled();
  assert.deepEqual([reasons, net.last.closed], [[], false], 'it is still us');
  api.identity = { user_id: 9, username: 'eve' };
  api.refused();
  api.refused();
  await settled();
  assert.deepEqual([reasons, net.last.closed], [['switched'], true]);
});
