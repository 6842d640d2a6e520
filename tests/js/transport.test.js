import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Transport } from '../../static/parley/transport.js';
import { FakeClock, settled } from './support/clock.js';
import { fakeSockets } from './support/socket.js';

async function connected({ random = () => 0.5, ...more } = {}) {
  const clock = new FakeClock();
  const net = fakeSockets();
  const transport = new Transport({ url: 'ws://x/', WebSocket: net.FakeSocket, clock, random, ...more });
  const states = [];
  transport.on('state', ({ state }) => states.push(state));
  transport.start();
  await settled();
  net.last.hello();
  return { clock, net, transport, states };
}

test('is online only when the server has said hello', async () => {
  const { transport, states } = await connected();
  assert.deepEqual(states, ['connecting', 'online']);
  assert.ok(transport.online);
});

for (const code of [1000, 1001, 1006, 1009, 1011, 1012, 4408, 4429, 4503]) {
  test(`comes back after ${code}`, async () => {
    const { clock, net, transport } = await connected();
    net.last.end(code);
    assert.equal(transport.state, 'waiting');
    await clock.tick(1_000);
    assert.equal(net.sockets.length, 2);
  });
}

for (const code of [4401, 4409]) {
  test(`stays away after ${code} until it is started again`, async () => {
    const { clock, net, transport } = await connected();
    net.last.end(code);
    await clock.tick(120_000);
    assert.equal(net.sockets.length, 1);
    assert.equal(transport.state, 'refused');
    transport.start();
    await settled();
    assert.equal(net.sockets.length, 2);
  });
}

test('waits with full jitter below a ceiling that grows from 1 to 30 seconds', async () => {
  const { clock, net, transport } = await connected({ random: () => 1 });
  const waits = [];
  for (let attempt = 0; attempt < 7; attempt += 1) {
    net.last.end(1006);
    waits.push(transport.retryAt - clock.now());
    await clock.tick(waits.at(-1));
  }
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  net.last.hello();
  net.last.end(1006);
  assert.equal(transport.retryAt - clock.now(), 1_000, 'a hello begins anew');
});

test('a small random number means a short wait', async () => {
  const { clock, net, transport } = await connected({ random: () => 0.01 });
  net.last.end(1006);
  assert.equal(transport.retryAt - clock.now(), 10);
});

test('a server that accepts and never says hello is left again', async () => {
  const clock = new FakeClock();
  const net = fakeSockets();
  const transport = new Transport({ url: 'ws://x/', WebSocket: net.FakeSocket, clock, random: () => 0 });
  transport.start();
  await clock.tick(10_000);
  assert.equal(net.sockets[0].closed, true);
  await clock.tick(0);
  assert.equal(net.sockets.length, 2);
});

test('a half-open connection is noticed by its silence', async () => {
  const { clock, net, transport } = await connected();
  await clock.tick(25_000);
  assert.equal(net.last.opts('ping').length, 1);
  await clock.tick(10_000);
  assert.equal(transport.state, 'waiting');
});

test('an answered ping keeps the connection', async () => {
  const { clock, net, transport } = await connected();
  for (let round = 0; round < 5; round += 1) {
    await clock.tick(25_000);
    net.last.push({ errorcode: 3, data: { event: 'pong' } });
  }
  assert.ok(transport.online);
  assert.equal(net.sockets.length, 1);
});

test('wake connects at once instead of waiting', async () => {
  const { net, transport } = await connected();
  net.last.end(1006);
  transport.wake();
  await settled();
  assert.equal(net.sockets.length, 2);
});

test('a request is answered by its ref, not by its place', async () => {
  const { net, transport } = await connected();
  const first = transport.request('sync', {});
  const second = transport.request('chat-to', {});
  const [a, b] = net.last.sent;
  net.last.answer(b, { errorcode: 1, data: 'second' });
  net.last.answer(a, { errorcode: 3, data: 'first' });
  assert.equal((await first).data, 'first');
  assert.equal((await second).data, 'second');
});

test('a lost connection rejects what waits for an answer', async () => {
  const { net, transport } = await connected();
  const request = transport.request('sync', {});
  net.last.end(1012);
  await assert.rejects(request, /connection lost/);
});

test('an answer that never comes rejects in time and leaves no timer of its own', async () => {
  const { clock, transport } = await connected();
  const before = clock.pending;
  const request = transport.request('sync', {});
  const outcome = assert.rejects(request, /timeout/);
  await clock.tick(20_000);
  await outcome;
  assert.equal(clock.pending, before);
});

test('requests and frames are bounded', async () => {
  const { transport } = await connected();
  await assert.rejects(transport.request('chat-to', { content: 'x'.repeat(65_536) }), /frame too large/);
  for (let count = 0; count < 64; count += 1) transport.request('read', {}).catch(() => undefined);
  await assert.rejects(transport.request('read', {}), /too many requests/);
  transport.stop();
});

test('nothing is sent while not connected', async () => {
  const { net, transport } = await connected();
  net.last.end(1006);
  assert.equal(transport.send('typing', {}), false);
  await assert.rejects(transport.request('sync', {}), /not connected/);
});

test('whatever the server says that is no packet is passed over', async () => {
  const { net, transport } = await connected();
  const packets = [];
  transport.on('packet', (packet) => packets.push(packet));
  for (const frame of ['', 'null', '[]', '{', '{"errorcode":"1"}', '42', '{"errorcode":1.5}']) net.last.push(frame);
  assert.deepEqual(packets, []);
  assert.ok(transport.online);
});

test('a token is asked for anew for every connection and never stands in the address', async () => {
  let count = 0;
  const { clock, net } = await connected({ protocols: async () => ['parley.v1', `parley.bearer.t${++count}`] });
  net.last.end(1012);
  await clock.tick(1_000);
  assert.deepEqual(net.sockets.map((socket) => socket.protocols[1]), ['parley.bearer.t1', 'parley.bearer.t2']);
  assert.ok(net.sockets.every((socket) => socket.url === 'ws://x/'));
});

test('a token that cannot be had counts as a failed attempt', async () => {
  const clock = new FakeClock();
  const net = fakeSockets();
  const protocols = () => Promise.reject(new Error('no token'));
  const transport = new Transport({ url: 'ws://x/', WebSocket: net.FakeSocket, clock, random: () => 1, protocols });
  transport.start();
  await settled();
  assert.equal(transport.state, 'waiting');
});

test('stop leaves no socket and no timer', async () => {
  const { clock, net, transport } = await connected();
  transport.stop();
  assert.equal(clock.pending, 0);
  assert.ok(net.last.closed);
  net.last.end(1000);
  assert.equal(transport.state, 'stopped');
});
