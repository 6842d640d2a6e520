import assert from 'node:assert/strict';
import { test } from 'node:test';

import { theirs } from './support/entries.js';
import { bob, online } from './support/messenger.js';

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

test('typing is said on when the clock has been set back', async () => {
  const { messenger, net, clock } = await online();
  messenger.open(bob);
  messenger.typed('x');
  clock.jump(-3_600_000);
  messenger.typed('xy');
  assert.deepEqual(net.last.opts('typing').map((frame) => frame.data.on), [true, true]);
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
