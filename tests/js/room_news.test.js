import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { T0 } from './support/entries.js';
import { FakeApi, greet, online } from './support/messenger.js';
import { admit, event, page, said } from './support/rooms.js';

const HALF_A_MINUTE = 30_000;
const row = (room, seq, { read = 0, ...more } = {}) => ({
  room, joined: true, count: 0, last: said(seq), last_seq: seq, last_time: T0 + seq * 1000, read_seq: read, ...more,
});
const names = ({ messenger }) => messenger.conversations.ordered().map(({ person, unread }) => `${person.name} ${unread}`);

/** Answers when it is told to; until then at once. */
class SlowApi extends FakeApi {
  asked = 0;
  held = null;

  async rooms(page) {
    this.asked += 1;
    const answer = await super.rooms(page);
    if (this.held) await new Promise((resolve, reject) => this.held.push({ resolve, reject }));
    return answer;
  }
}

/** A member of Lobby and Garden who is in neither, before a page that can be seen. */
async function looking() {
  const api = new SlowApi();
  api.joinedRooms = [row('Lobby', 2), row('Garden', 1)];
  const all = await online({ api });
  all.messenger.roomNews.show(true);
  await settled();
  api.asked = 0;
  return all;
}

/** Time goes by on a connection that is alive. */
async function wait({ clock, net }, ms) {
  for (let left = ms; left > 0; left -= 10_000) {
    await clock.tick(Math.min(left, 10_000));
    net.last.push({ errorcode: 3, data: { event: 'pong' } });
  }
}

test('what is new in a room that one is not in is asked for every half a minute', async () => {
  const all = await looking();
  assert.deepEqual(names(all), ['Lobby 2', 'Garden 1']);
  all.api.joinedRooms = [row('Garden', 5, { read: 1 }), row('Lobby', 2, { read: 2 })];
  await wait(all, HALF_A_MINUTE - 1);
  assert.deepEqual([all.api.asked, all.messenger.conversations.unread], [0, 3]);
  await all.clock.tick(1);
  assert.deepEqual(names(all), ['Garden 4', 'Lobby 0']);
  assert.equal(all.messenger.conversations.get('room:garden').last.content, 'word 5');
  await wait(all, 2 * HALF_A_MINUTE);
  assert.equal(all.api.asked, 3);
  assert.deepEqual(all.net.last.opts('room-join'), [], 'without going in');
});

test('nothing is asked while nobody can see the page, and at once when somebody can again', async () => {
  const all = await looking();
  all.messenger.roomNews.show(false);
  await wait(all, 10 * HALF_A_MINUTE);
  assert.equal(all.api.asked, 0);
  all.api.joinedRooms = [row('Lobby', 3)];
  all.messenger.roomNews.show(true);
  await settled();
  assert.deepEqual([all.api.asked, names(all)], [1, ['Lobby 3']]);
});

test('one question at a time, and one that failed is asked again', async () => {
  const all = await looking();
  all.api.held = [];
  await wait(all, HALF_A_MINUTE);
  for (const visible of [false, true, false, true]) all.messenger.roomNews.show(visible);
  await wait(all, 3 * HALF_A_MINUTE);
  assert.equal(all.api.asked, 1);
  all.api.held.pop().reject(new Error('no network'));
  all.api.held = null;
  await settled();
  assert.deepEqual(names(all), ['Lobby 2', 'Garden 1']);
  await wait(all, HALF_A_MINUTE);
  assert.equal(all.api.asked, 2);
});

test('nothing is asked without a connection, nor after the end', async () => {
  const all = await looking();
  all.net.last.end(1012);
  all.messenger.roomNews.show(true);
  await settled();
  assert.equal(all.api.asked, 0);
  await all.clock.tick(1_000);
  await greet(all);
  assert.equal(all.api.asked, 1, 'catching up lists them');
  await wait(all, HALF_A_MINUTE);
  assert.equal(all.api.asked, 2);
  all.api.held = [];
  await wait(all, HALF_A_MINUTE);
  all.messenger.stop();
  all.api.held.pop().resolve();
  await wait(all, 10 * HALF_A_MINUTE);
  assert.deepEqual([all.api.asked, all.clock.pending], [3, 0]);
});

test('a room that is live on this connection is left alone; with all of them live nothing is asked', async () => {
  const all = await looking();
  const lobby = all.messenger.openRoom('Lobby');
  await admit(all, page([said(1), said(2)], { read_seq: 2 }));
  all.api.joinedRooms = [row('Lobby', 9, { read: 9 })];
  await wait(all, HALF_A_MINUTE);
  assert.deepEqual([lobby.lastSeq, names(all)], [2, ['Lobby 0']], 'Garden was left elsewhere');
  all.api.joinedRooms = [];
  await wait(all, 5 * HALF_A_MINUTE);
  assert.deepEqual([all.api.asked, lobby.joined], [1, true]);
  all.messenger.roomNews.show(true);
  await settled();
  assert.deepEqual([all.api.asked, lobby.joined], [2, true]);
});

test('a room that was left while the answer was on its way is left', async () => {
  const all = await looking();
  all.messenger.openRoom('Lobby');
  await admit(all, page([said(1), said(2)]));
  all.api.held = [];
  await wait(all, HALF_A_MINUTE);
  all.net.last.push(event('room-leave', { by: '>', time: T0, removed: false }));
  all.api.held.pop().resolve();
  await settled();
  assert.deepEqual(names(all), ['Garden 1']);
  assert.equal(all.messenger.conversations.unread, 1, 'and counts no more');
});
