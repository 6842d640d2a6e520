import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Api } from '../../static/parley/api.js';
import { HeldStorage } from '../../static/parley/held_storage.js';
import { Identity } from '../../static/parley/identity.js';
import { FakeClock, settled } from './support/clock.js';
import { FakeStorage } from './support/storage.js';

/** Gives t1, t2, ... and counts. */
function provider() {
  const given = { count: 0, tokenProvider: async () => `t${++given.count}` };
  return given;
}

test('without any token the cookie speaks', async () => {
  const identity = new Identity({});
  assert.equal(identity.signed, false);
  assert.equal(await identity.token(), undefined);
});

test('however many need a token, the host is asked once', async () => {
  const given = provider();
  const identity = new Identity(given);
  assert.deepEqual(await Promise.all([identity.token(), identity.token(), identity.token()]), ['t1', 't1', 't1']);
  assert.equal(await identity.token(), 't1');
  assert.equal(given.count, 1);
});

test('a refused token is replaced once, by however many it was refused to', async () => {
  const given = provider();
  const identity = new Identity(given);
  await identity.token();
  assert.deepEqual(await Promise.all([identity.renew('t1'), identity.renew('t1')]), ['t2', 't2']);
  assert.equal(await identity.renew('t1'), 't2');
  assert.equal(given.count, 2);
});

test('a token without a provider ends when it ends; a host without a token says nobody', async () => {
  const fixed = new Identity({ token: 'only' });
  assert.equal(await fixed.token(), 'only');
  assert.equal(await fixed.renew('only'), null);
  assert.deepEqual([fixed, new Identity({}), new Identity(provider())].map(({ final }) => final), [true, false, false]);
  assert.equal(await new Identity({ tokenProvider: () => '' }).token(), null);
});

test('a token of somebody else is not taken for the next one of the same person', async () => {
  const token = (sub, exp) => `x.${btoa(JSON.stringify({ sub, exp }))}.x`;
  const tokens = [token('ann', 1), token('ann', 2), token('ben', 3)];
  const identity = new Identity({ tokenProvider: () => tokens.shift() });
  const first = await identity.token();
  const second = await identity.renew(first);
  assert.notEqual(second, first);
  assert.equal(identity.switched, false);
  assert.equal(await identity.renew(second), null);
  assert.equal(identity.switched, true);
});

test('a provider that fails is asked again', async () => {
  let fails = true;
  const identity = new Identity({ tokenProvider: () => (fails ? Promise.reject(new Error('down')) : 't') });
  await assert.rejects(identity.token());
  fails = false;
  assert.equal(await identity.token(), 't');
});

test('an address of the host gives tokens as text, and 401 for nobody', async () => {
  const answers = { '/in': { ok: true, status: 200, text: async () => ' t\n' }, '/out': { ok: false, status: 401 }, '/broken': { ok: false, status: 502 } };
  const of = (tokenUrl) => new Identity({ tokenUrl, fetch: async (url) => answers[url] }).token();
  assert.equal(await of('/in'), 't');
  assert.equal(await of('/out'), null);
  await assert.rejects(of('/broken'));
});

test('a request with an expired token is repeated once with the next one', async () => {
  const identity = new Identity(provider());
  const seen = [];
  const fetch = async (_, { headers: { Authorization } }) => {
    seen.push(Authorization);
    const ok = Authorization === 'Bearer t2';
    return { json: async () => (ok ? { errorcode: 0, data: { user_id: 1 } } : { errorcode: -3, txt: 'login failed.' }) };
  };
  const api = new Api({ fetch, token: () => identity.token(), renew: (stale) => identity.renew(stale) });
  assert.deepEqual(await api.me(), { user_id: 1 });
  assert.deepEqual(seen, ['Bearer t1', 'Bearer t2']);
});

test('no token, no request: our own cookie must not speak for a member of the host', async () => {
  const identity = new Identity({ tokenProvider: () => null });
  const api = new Api({ fetch: () => assert.fail('asked'), token: () => identity.token() });
  assert.equal(await api.me(), null);
});

test('nothing is stored before it is allowed; then all of it is', () => {
  const real = new FakeStorage();
  const held = new HeldStorage(real);
  held.setItem('parley/a', '1');
  assert.deepEqual([held.getItem('parley/a'), held.length, held.key(0), real.length], ['1', 1, 'parley/a', 0]);
  held.setItem('parley/b', '2');
  held.removeItem('parley/b');
  held.allow();
  held.setItem('parley/c', '3');
  assert.deepEqual([real.getItem('parley/a'), real.getItem('parley/b'), real.getItem('parley/c')], ['1', null, '3']);
});

test('storage that is forbidden stays forbidden', () => {
  const held = new HeldStorage(null);
  held.setItem('parley/a', '1');
  held.allow();
  assert.throws(() => held.getItem('parley/a'));
});

test('by cookie the server is told whom a request is meant for, except when asked who that is', async () => {
  const seen = {};
  const fetch = async (path, { headers }) => {
    seen[path] = headers['Parley-User'];
    return { json: async () => ({ errorcode: -3, txt: 'login failed.' }) };
  };
  const api = new Api({ fetch, userId: 7 });
  let refused = 0;
  api.refused = () => { refused += 1; };
  assert.equal(await api.me(), null);
  assert.equal(refused, 0);
  await assert.rejects(api.user(2));
  assert.equal(refused, 1);
  await assert.rejects(new Api({ fetch, userId: 7, token: () => 't' }).recentUsers());
  assert.deepEqual(seen, { '/api/v1/me': undefined, '/api/v1/users/2': 7, '/useropt': undefined });
});

test('a host that never answers is asked again, and leaves no timer when it does', async () => {
  const clock = new FakeClock();
  let asked = 0;
  const identity = new Identity({ clock, tokenProvider: () => (++asked === 1 ? new Promise(() => undefined) : 't') });
  const late = assert.rejects(identity.token());
  await clock.tick(10_000);
  await late;
  assert.equal(await identity.token(), 't');
  await settled();
  assert.deepEqual([asked, clock.pending], [2, 0]);
});

test('only tokens that say so are of the same member', async () => {
  const token = (sub, exp) => `x.${btoa(JSON.stringify({ sub, exp }))}.x`;
  const ann = new Identity({ token: token('ann', 1) });
  assert.ok(new Identity({ token: token('ann', 2) }).isOf(ann));
  for (const settings of [{ token: token('ben', 1) }, { tokenProvider: () => token('ann', 2) }, {}]) {
    assert.equal(new Identity(settings).isOf(ann), false);
  }
  assert.equal(new Identity({ token: 'x' }).isOf(new Identity({ token: 'x' })), false, 'cannot be read');
  assert.equal(ann.isOf(undefined), false);
});
