// What becomes of a page that comes late, or not at all.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { theirs } from './support/entries.js';
import { bob, greet, online } from './support/messenger.js';

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, index) => theirs(from + index));
const seqs = ({ log }) => [log[0].seq, log.at(-1).seq];
const push = (net, seq) => net.last.push({ errorcode: 0, data: { user_id: 2, data: theirs(seq) } });

/** Bob's thread, opened, of so many messages. */
async function thread(last) {
  const all = await online();
  all.api.entries = range(1, last);
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
