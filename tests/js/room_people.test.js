import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BOB } from './support/entries.js';
import { inLobby, names } from './support/lobby.js';
import { greet } from './support/messenger.js';
import { admit, ALICE, ANN, moves, page, said } from './support/rooms.js';

const lines = (room) => room.goings.lines.map(({ what, people }) => [what, ...people.map(({ name }) => name)]);

test('who comes and goes changes the list and leaves a line, once a person', async () => {
  const { net, room } = await inLobby(page([said(1)]));
  moves(net, 'room-join', [ANN], { count: 3 });
  moves(net, 'room-join', [ANN], { count: 3 });
  assert.deepEqual([names(room), room.roster.count], [['Alice', 'Ann', 'Bob'], 3]);
  moves(net, 'room-leave', [BOB]);
  moves(net, 'room-leave', [ANN], { removed: true, count: 1 });
  assert.deepEqual(lines(room), [['came', 'Ann'], ['left', 'Bob'], ['removed', 'Ann']]);
  assert.deepEqual(names(room), ['Alice']);
  assert.ok(room.goings.lines.every(({ after }) => after === 1));
});

test('after a lost connection whoever was there before is no news; others are', async () => {
  const all = await inLobby();
  all.net.last.end(1012);
  await all.clock.tick(1_000);
  await greet(all);
  assert.equal(all.net.last.opts('room-join').length, 1, 'in again by itself');
  await admit(all, page([], { members: [ALICE] }));
  moves(all.net, 'room-join', [BOB]);
  moves(all.net, 'room-join', [ANN]);
  assert.deepEqual(lines(all.room), [['came', 'Ann']]);
  moves(all.net, 'room-leave', [BOB]);
  moves(all.net, 'room-join', [BOB]);
  assert.deepEqual(lines(all.room).at(-1), ['came', 'Bob'], 'who went meanwhile and comes again');
});

test('who was there before is no news either when the line is lost twice before they are back, for a while', async () => {
  const all = await inLobby();
  const again = async () => {
    all.net.last.end(1012);
    await all.clock.tick(1_000);
    await greet(all);
    await admit(all, page([], { members: [ALICE] }));
  };
  await again();
  await again();
  moves(all.net, 'room-join', [BOB]);
  assert.deepEqual([lines(all.room), names(all.room)], [[], ['Alice', 'Bob']]);
  await again();
  await all.clock.tick(36_000);
  moves(all.net, 'room-join', [BOB]);
  assert.deepEqual(lines(all.room), [['came', 'Bob']]);
});
