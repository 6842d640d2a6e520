// What becomes of a page that comes late, or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { theirs } from './support/entries.js';
import { bob, greet, online } from './support/messenger.js';
import { admit, page, said } from './support/rooms.js';

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => theirs(from + index));
const seqs = ({ log }) => [log[0].seq, log.at(-1).seq];
const push = (net, seq) => net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(seq) } });

/** Bob's thread, opened, of so many messages. */
async function thread(last) {
  const all = await online();
  Object.assign(all.api, { entries: range(1, last), readSeq: last });
  const conversation = all.messenger.open(bob);
  await settled();
  return { ...all, conversation };
}

/** The next page is answered when the test says so, with what there was when it was asked for. */
function held(api, { fails = false } = {}) {
  const { history } = api;
  let answer;
  api.history = (...asked) => {
    api.history = history;
    return new Promise((resolve, reject) => {
      const page = history.apply(api, asked);
      answer = () => (fails ? reject(new Error('network changed')) : resolve(page));
    });
  };
  return async () => {
    answer();
    await settled();
  };
}

test('a thread that is closed while an older page comes can be read up to its beginning', async () => {
  const { messenger, api, conversation } = await thread(400);
  while (conversation.log.length < 250) await messenger.loadOlder();
  const answer = held(api);
  messenger.loadOlder();
  messenger.close();
  await answer();
  messenger.open(bob);
  assert.deepEqual(seqs(conversation), [201, 400]);
  while (conversation.hasOlder) await messenger.loadOlder();
  assert.deepEqual(seqs(conversation), [1, 400]);
});

test('an older page that comes after sync began anew joins on to nothing', async () => {
  const all = await thread(100);
  const { messenger, api, net, clock, conversation } = all;
  const answer = held(api);
  messenger.loadOlder();
  net.last.end(1006);
  await clock.tick(1_000);
  api.entries = range(1, 500);
  await greet(all, { moved: [{ user_id: 2, logs: range(451, 500), reset: true, last_seq: 500, read_seq: 0 }] });
  await answer();
  assert.deepEqual([seqs(conversation), conversation.hasOlder], [[451, 500], true]);
});

test('a gap whose page did not come is filled at the next message', async () => {
  const { api, net, messenger, conversation } = await thread(5);
  api.entries = range(1, 9);
  const fail = held(api, { fails: true });
  push(net, 9);
  await fail();
  assert.equal(messenger.history.stateOf(conversation), 'failed');
  api.entries = range(1, 10);
  push(net, 10);
  await settled();
  assert.deepEqual([conversation.gaps, conversation.log.length], [[], 10]);
});

test('a gap that opens while an older page comes is filled after it', async () => {
  const { messenger, api, net, conversation } = await thread(100);
  const answer = held(api);
  messenger.loadOlder();
  api.entries = range(1, 105);
  push(net, 105);
  await answer();
  assert.deepEqual([conversation.gaps, seqs(conversation)], [[], [1, 105]]);
});

test('what the server does not have is not asked for again and again', async () => {
  const { api, net, conversation } = await thread(5);
  const asked = api.calls.length;
  push(net, 9);
  await settled();
  assert.deepEqual([conversation.gaps.length, api.calls.length - asked], [1, 1]);
});

/** Bob's thread of so many messages, all but the first few of them unread, opened. */
async function unread(last, readSeq) {
  const all = await online();
  const states = [];
  Object.assign(all.api, { entries: range(1, last), readSeq });
  all.messenger.history.on('change', (conversation) => states.push(all.messenger.history.stateOf(conversation)));
  const conversation = all.messenger.open(bob);
  await settled();
  return { ...all, states, conversation };
}

test('what is unread comes whole before the thread is shown as loaded, with the page it begins on', async () => {
  const { api, conversation, states } = await unread(260, 5);
  assert.deepEqual(seqs(conversation), [1, 260]);
  assert.deepEqual(api.calls.map(({ before, limit }) => [before, limit]), [[Infinity, 50], [211, 100], [111, 100], [11, 100]]);
  assert.deepEqual([new Set(states.slice(0, -1)), states.at(-1)], [new Set(['loading']), 'idle']);
});

test('of more than anybody reads only the end comes, and of what is read only the newest page', async () => {
  assert.deepEqual(seqs((await unread(700, 5)).conversation), [651, 700]);
  assert.deepEqual(seqs((await unread(260, 220)).conversation), [211, 260]);
});

test('a page of the unread part that does not come leaves what there is, and an end of it', async () => {
  const all = await online();
  const { messenger, api } = all;
  Object.assign(api, { entries: range(1, 260), readSeq: 5 });
  const { history } = api;
  api.history = (place, asked) => (asked.before ? Promise.reject(new Error('network changed')) : history.call(api, place, asked));
  const conversation = messenger.open(bob);
  await settled();
  assert.deepEqual([seqs(conversation), messenger.history.stateOf(conversation)], [[211, 260], 'failed']);
});

test('the unread part of a room comes whole, too, when one has come in', async () => {
  const all = await online();
  all.api.entries = Array.from({ length: 160 }, (_, index) => said(index + 1));
  const room = all.messenger.openRoom('Lobby');
  await admit(all, page(all.api.entries.slice(110), { has_more: true, read_seq: 5 }));
  assert.deepEqual(seqs(room), [1, 160]);
});
