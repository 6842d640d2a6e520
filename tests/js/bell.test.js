import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Bell } from '../../static/parley/bell.js';
import { Preferences } from '../../static/parley/preferences.js';
import { FakeClock } from './support/clock.js';
import { FakeStorage } from './support/storage.js';

const YES = { sound: true, notice: true, able: true };

/** Tabs that hear each other at once, and what rang in them. */
function tabs(...names) {
  const clock = new FakeClock();
  const rang = [];
  const channels = names.map(() => ({ close() {} }));
  const bells = names.map((tab, index) => {
    const others = channels.filter((_, other) => other !== index);
    channels[index].postMessage = (data) => others.forEach((channel) => channel.onmessage?.({ data: structuredClone(data) }));
    return new Bell({ channel: channels[index], clock, tab, ring: (news, how) => rang.push([tab, news, how]) });
  });
  return { clock, rang, bells };
}

test('one of many tabs rings, whichever heard of it first', async () => {
  for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) {
    const { clock, rang, bells } = tabs('a', 'b', 'c');
    for (const index of order) bells[index].news('7/1', YES, 'hi');
    await clock.tick(1_000);
    assert.equal(rang.length, 1);
    assert.deepEqual(rang[0].slice(1), ['hi', { sound: true, notice: true }]);
  }
});

test('a tab that hears of it a little later may forbid, and much later leaves it to the others', async () => {
  const { clock, rang, bells } = tabs('b', 'a');
  bells[0].news('7/1', YES, 'hi');
  await clock.tick(100);
  bells[1].news('7/1', { sound: false, notice: true, able: true }, 'hi');
  await clock.tick(1_000);
  assert.deepEqual(rang, [['a', 'hi', { sound: false, notice: true }]]);
  bells[0].news('7/2', YES, 'first');
  await clock.tick(1_000);
  bells[1].news('7/2', YES, 'first');
  await clock.tick(1_000);
  assert.equal(rang.length, 2);
});

test('nothing rings where somebody looks', async () => {
  const { clock, rang, bells } = tabs('a', 'b');
  bells[0].news('7/1', YES, 'hi');
  bells[1].news('7/1', { sound: false, notice: false, able: true }, 'hi');
  await clock.tick(1_000);
  assert.deepEqual(rang, []);
});

test('the one that can be heard is chosen', async () => {
  const { clock, rang, bells } = tabs('a', 'b');
  bells[0].news('7/1', { ...YES, able: false }, 'hi');
  bells[1].news('7/1', YES, 'hi');
  await clock.tick(1_000);
  assert.deepEqual(rang.map(([tab]) => tab), ['b']);
});

test('a burst is one sound, in all tabs together', async () => {
  const { clock, rang, bells } = tabs('a', 'b');
  for (let seq = 1; seq <= 5; seq += 1) {
    bells[seq % 2].news(`7/${seq}`, YES, seq);
    await clock.tick(210);
  }
  assert.equal(rang.filter(([, , { sound }]) => sound).length, 1);
  assert.equal(rang.filter(([, , { notice }]) => notice).length, 5);
  await clock.tick(2_000);
  bells[0].news('7/6', YES, 6);
  await clock.tick(210);
  assert.equal(rang.filter(([, , { sound }]) => sound).length, 2);
});

test('a clock that is set back neither silences it nor makes it ring twice', async () => {
  const { clock, rang, bells } = tabs('a', 'b');
  bells[0].news('7/1', YES, 1);
  await clock.tick(1_000);
  clock.jump(-3_600_000);
  bells[1].news('7/1', YES, 1);
  bells[0].news('7/2', YES, 2);
  await clock.tick(1_000);
  assert.deepEqual(rang.map(([, news, { sound }]) => [news, sound]), [[1, true], [2, true]]);
});

test('alone, without a channel, and after the end', async () => {
  const clock = new FakeClock();
  const rang = [];
  const bell = new Bell({ channel: null, clock, ring: (news) => rang.push(news) });
  bell.news('7/1', YES, 'hi');
  await clock.tick(1_000);
  bell.news('7/2', YES, 'too late');
  bell.stop();
  await clock.tick(1_000);
  assert.deepEqual(rang, ['hi']);
});

test('preferences are kept, shared between tabs, and stored only when changed', async () => {
  const storage = new FakeStorage();
  const [one, other] = [new Preferences(storage, '/1'), new Preferences(storage, '/1')];
  assert.deepEqual([one.get('sound'), one.get('notices')], [true, false]);
  assert.equal(storage.length, 0);
  one.set('sound', false);
  assert.equal(other.get('sound'), false);
  const unstorable = new Preferences(null, '/1');
  unstorable.set('notices', true);
  assert.equal(unstorable.get('notices'), true);
});

test('what is switched off stays off where there is no room to store it', () => {
  const storage = new FakeStorage();
  const preferences = new Preferences(storage, '/1');
  preferences.set('sound', true);
  storage.quota = 0;
  preferences.set('sound', false);
  assert.equal(preferences.get('sound'), false);
});
