import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ServerClock } from '../../static/parley/clock.js';
import { FakeClock, settled } from './support/clock.js';
import { BOB } from './support/entries.js';
import { online, world } from './support/messenger.js';

const HOUR = 3_600_000;

test('what time it is the server says, and its time goes on by our clock', async () => {
  const clock = new FakeClock();
  const served = new ServerClock(clock);
  assert.equal(served.now(), clock.now(), 'until it has spoken it is our own');
  served.follow(clock.now() - 3 * HOUR);
  assert.equal(served.now(), clock.now() - 3 * HOUR);
  await clock.tick(5_000);
  assert.equal(served.now(), clock.now() - 3 * HOUR);
});

test('a server that says no time, or nonsense, changes nothing', () => {
  const clock = new FakeClock();
  const served = new ServerClock(clock);
  served.follow(clock.now() + HOUR);
  for (const time of [undefined, null, '12:00', NaN, 1.5, Infinity, {}]) served.follow(time);
  assert.equal(served.now(), clock.now() + HOUR);
});

test('what is being sent has the time of the server, whatever this machine believes', async () => {
  const all = world();
  all.messenger.start();
  await settled();
  all.net.last.hello({ time: all.clock.now() - 3 * HOUR });
  await settled();
  all.messenger.open(BOB);
  all.messenger.send('hi');
  assert.equal(all.messenger.opened.pending[0].time, all.clock.now() - 3 * HOUR);
});

test('a server of before that says no time is no trouble', async () => {
  const { messenger, clock } = await online();
  messenger.open(BOB);
  messenger.send('hi');
  assert.equal(messenger.opened.pending[0].time, clock.now());
});
