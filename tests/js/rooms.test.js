import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled } from './support/clock.js';
import { BOB, mine, T0, theirs } from './support/entries.js';
import { contents, greet, online, reloaded, world } from './support/messenger.js';
import { admit, ALICE, ANN, event, moves, page, said } from './support/rooms.js';

const lines = (room) => room.goings.lines.map(({ what, people }) => [what, ...people.map(({ name }) => name)]);
const names = (room) => room.roster.ordered(1).map(({ name }) => name);

async function inLobby(given = page(), options = {}) {
  const all = await online(options);
  const room = all.messenger.openRoom('Lobby');
  await admit(all, given);
  all.api.joinedRooms = [{ room: given.room, joined: true }];
  return { ...all, room };
}

test('joining brings the newest messages and who is in', async () => {
  const { room, messenger } = await inLobby(page([said(1), said(2, { by: ANN })]));
  assert.deepEqual(contents(room), ['word 1', 'word 2']);
  assert.deepEqual(room.log.map(({ author }) => author.name), ['Bob', 'Ann']);
  assert.deepEqual(names(room), ['Alice', 'Bob']);
  assert.deepEqual([room.unread, room.joined, room.hasOlder], [2, true, false]);
  assert.deepEqual(messenger.conversations.ordered(), [room]);
});

test('whichever spelling one came by, it is one room, called as the server calls it', async () => {
  const all = await online();
  const room = all.messenger.openRoom('ｌｏｂｂｙ');
  await admit(all);
  assert.equal(all.messenger.openRoom('LOBBY'), room);
  assert.equal(room.person.name, 'Lobby');
});

test('a spelling that only the server knows to be the same leads to the room it is', async () => {
  const all = await online();
  all.messenger.openRoom('STRASSE');
  await admit(all, page([], { room: 'Straße' }));
  assert.equal(all.net.last.opts('room-join').at(-1).data.room, 'Straße');
  await admit(all, page([], { room: 'Straße' }));
  assert.equal(all.messenger.opened.person.name, 'Straße');
  assert.equal(all.messenger.opened.joined, true);
});

test('what was written under another spelling goes along, also when nobody looks at it any more', async () => {
  for (const opened of [true, false]) {
    const all = await online();
    const { messenger, net } = all;
    const moved = [];
    messenger.writing.on('moved', (from, to) => moved.push([from.id, to.id]));
    messenger.openRoom('STRASSE');
    const { clientId } = messenger.send('words');
    if (!opened) messenger.close();
    await admit(all, page([], { room: 'Straße' }));
    await admit(all, page([], { room: 'Straße' }));
    assert.deepEqual(net.last.opts('room-say').map(({ data }) => data), [{ room: 'straße', content: 'words', client_id: clientId }]);
    assert.deepEqual(contents(messenger.conversations.get('room:straße')), ['words']);
    assert.deepEqual([messenger.opened?.id, moved], [opened ? 'room:straße' : undefined, [['room:strasse', 'room:straße']]]);
  }
});

test('what is written goes out by room-say, with one client_id however often', async () => {
  const all = await inLobby();
  const { messenger, net, room, clock } = all;
  const { clientId } = messenger.send('hello');
  const frame = () => net.last.opts('room-say').at(-1);
  assert.deepEqual(frame().data, { room: 'lobby', content: 'hello', client_id: clientId });
  net.last.end(1012);
  await clock.tick(1_000);
  await greet(all);
  await admit(all);
  assert.equal(frame().data.client_id, clientId);
  net.last.answer(frame(), { errorcode: 2, txt: 'success.', data: { room: 'Lobby', data: said(1, { by: ALICE, content: 'hello', client_id: clientId }) } });
  await settled();
  assert.deepEqual(contents(room), ['hello']);
  assert.equal(messenger.outbox.size, 0);
  assert.deepEqual([room.online, room.unread, room.stateOf(room.log[0])], [false, 0, 'sent']);
});

test('nothing is said before one is in; then it is', async () => {
  const all = await online();
  all.messenger.openRoom('Lobby');
  all.messenger.send('early');
  assert.deepEqual(all.net.last.opts('room-say'), []);
  await admit(all);
  assert.equal(all.net.last.opts('room-say').length, 1);
});

test('after a reload the outbox, the draft of history and the list are there at once', async () => {
  const first = await inLobby(page([said(1)]));
  const { clientId } = first.messenger.send('kept');
  await first.clock.tick(1_000);
  const second = reloaded(first);
  second.messenger.start();
  const [room] = second.messenger.conversations.ordered();
  assert.deepEqual([room.person.name, room.joined, room.last.content], ['Lobby', true, 'kept']);
  second.messenger.open(room.person);
  assert.deepEqual(contents(room), ['word 1', 'kept']);
  assert.equal(room.log[0].author.name, 'Bob');
  second.api.joinedRooms = [{ room: 'Lobby', joined: true, count: 2, last_seq: 1, last_time: T0 }];
  await greet(second);
  assert.deepEqual(second.net.last.opts('sync')[0].data, { seqs: {}, rooms: { Lobby: 1 }, all: true });
  assert.deepEqual(second.net.last.opts('room-say'), [], 'this connection is not in yet');
  await admit(second, page([said(1)]));
  assert.equal(second.net.last.opts('room-say')[0].data.client_id, clientId);
});

test('a room with something to send is joined though nobody opens it, and read is said once one is in', async () => {
  const first = await inLobby(page([said(1)]));
  first.messenger.send('kept');
  await first.clock.tick(1_000);
  const second = reloaded(first);
  second.messenger.start();
  await greet(second);
  second.messenger.saw(second.messenger.conversations.get('room:lobby'), 1);
  await second.clock.tick(1_000);
  assert.deepEqual(second.net.last.opts('room-read'), []);
  await admit(second, page([said(1)]));
  await second.clock.tick(1_000);
  assert.deepEqual([second.net.last.opts('room-say').length, second.net.last.opts('room-read').length], [1, 1]);
});

test('sync brings what was missed in a room', async () => {
  const all = await inLobby(page([said(1)]));
  all.net.last.end(1012);
  await all.clock.tick(1_000);
  await greet(all, { moved: [{ room: 'Lobby', logs: [said(2)], reset: false, last_seq: 2, read_seq: 1, unread: 1 }] });
  assert.deepEqual(contents(all.room), ['word 1', 'word 2']);
  await admit(all, page([said(1), said(2)]));
  assert.deepEqual(contents(all.room), ['word 1', 'word 2']);
});

test('messages come with their authors, my own of another tab on my side', async () => {
  const { net, room, messenger } = await inLobby();
  const heard = [];
  messenger.on('message', ({ address }, { content, author }) => heard.push([address.room, author.name, content]));
  net.last.push(event('room-message', { data: said(1, { by: ANN }) }));
  net.last.push(event('room-message', { data: said(2, { by: ALICE }) }));
  net.last.push(event('room-message', { data: said(2, { by: ALICE }) }));
  net.last.push(event('room-message', { data: ['<', 5] }));
  assert.deepEqual(room.log.map(({ mine: own }) => own), [false, true]);
  assert.deepEqual(heard, [['Lobby', 'Ann', 'word 1']]);
});

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

test('what a moderator removes is gone from log, list and cache', async () => {
  const { net, room, clock, session, messenger } = await inLobby(page([said(1), said(2, { content: 'rude' })]));
  net.last.push(event('room-delete', { seq: 2, user_id: 3 }));
  assert.deepEqual([contents(room), room.log[1].deleted, room.last.deleted], [['word 1', ''], true, true]);
  await clock.tick(1_000);
  const kept = Array.from({ length: session.length }, (_, index) => session.getItem(session.key(index))).join();
  assert.doesNotMatch(kept, /rude/);
  room.add([said(1, { content: '', deleted: true })]);
  assert.equal(room.log[0].deleted, true, 'and by a page that comes later');
  room.add([said(1)]);
  assert.equal(room.log[0].deleted, true);
  assert.equal(messenger.conversations.unread, 2);
});

test('what a moderator removes while an older page or the list is on its way is not brought back by it', async () => {
  const { messenger, net, api } = await inLobby(page([said(60), said(61)], { has_more: true, read_seq: 61 }));
  const answers = [];
  api.history = api.rooms = () => new Promise((resolve) => answers.push(resolve));
  messenger.loadOlder();
  const listed = messenger.directory.refreshRooms();
  for (const seq of [59, 61]) net.last.push(event('room-delete', { seq, user_id: 1 }));
  answers[0]({ logs: [said(58), said(59)], has_more: true, last_seq: 61 });
  answers[1]({ rooms: [{ room: 'Lobby', joined: true, last: said(61), last_seq: 61 }] });
  await listed;
  await settled();
  const room = messenger.opened;
  assert.deepEqual(contents(room), ['word 58', '', 'word 60', '']);
  assert.deepEqual([room.preview.content, room.preview.deleted], ['', true]);
});

test('what a moderator does is asked for, and a refusal is said', async () => {
  const { net, room, messenger } = await inLobby(page([said(1)], { moderator: true, owner: 1 }));
  const refused = [];
  messenger.on('refused', (where, code) => refused.push([where.id, code]));
  const done = [messenger.rooms.strike(room, 1), messenger.rooms.mute(room, 2, true), messenger.rooms.expel(room, 2)];
  const frames = ['room-delete', 'room-mute', 'room-remove'].map((opt) => net.last.opts(opt)[0]);
  assert.deepEqual(frames.map(({ data }) => data), [{ room: 'Lobby', seq: 1 }, { room: 'Lobby', user_id: 2, on: true }, { room: 'Lobby', user_id: 2, on: true }]);
  net.last.answer(frames[0], event('room-delete', { seq: 1, user_id: 1 }));
  net.last.answer(frames[1], event('room-mute', { user_id: 2, on: true }));
  net.last.answer(frames[2], event('room-remove', { user_id: 2, on: true, time: T0 }));
  const refusal = messenger.rooms.expel(room, 4);
  net.last.answer(net.last.opts('room-remove')[1], { errorcode: -5, txt: 'no' });
  assert.deepEqual(await Promise.all([...done, refusal]), [true, true, true, false]);
  assert.equal(room.joined, true, 'it was somebody else who had to leave');
  assert.deepEqual([room.roster.get(2).muted, room.muted, refused], [true, false, [['room:lobby', -5]]]);
  net.last.push(event('room-mute', { user_id: 1, on: true }));
  assert.equal(room.muted, true);
});

test('a moderator sees who was removed, and lets them come back', async () => {
  const { net, room, messenger, clock } = await inLobby(page([said(1)], { moderator: true, owner: 1 }));
  const shown = () => room.removed.map(({ name }) => name);
  const gone = (...removed) => net.last.answer(net.last.opts('room-removed').at(-1), event('room-removed', { removed, count: removed.length }));
  const expelling = messenger.rooms.expel(room, 2);
  net.last.answer(net.last.opts('room-remove')[0], event('room-remove', { user_id: 2, on: true, time: T0 }));
  await expelling;
  gone(BOB);
  await settled();
  assert.deepEqual(shown(), ['Bob']);
  const looking = messenger.rooms.lookForRemoved(room);
  net.last.answer(net.last.opts('room-removed').at(-1), { errorcode: -8, txt: 'later' });
  await looking;
  assert.deepEqual(shown(), ['Bob'], 'not known is not nobody');
  const returning = messenger.rooms.readmit(room, 2);
  const frame = net.last.opts('room-remove')[1];
  assert.deepEqual(frame.data, { room: 'Lobby', user_id: 2, on: false });
  net.last.answer(frame, event('room-remove', { user_id: 2, on: false, time: T0 }));
  await returning;
  gone();
  await settled();
  assert.deepEqual(shown(), []);
  await clock.tick(1_000);
  room.removed = [room.roster.get(2)];
  net.last.push(event('room-leave', { by: '>', time: T0, removed: false }));
  assert.deepEqual(shown(), [], 'whoever has left moderates no more');
});

test('leaving takes the room out of list and cache; coming back is joining', async () => {
  const all = await inLobby(page([said(1)]));
  const { messenger, net, room, session, clock } = all;
  await clock.tick(1_000);
  const leaving = messenger.rooms.leave(room);
  net.last.answer(net.last.opts('room-leave')[0], event('room-leave', { by: '>', time: T0, removed: false }));
  assert.equal(await leaving, true);
  await clock.tick(1_000);
  assert.deepEqual([room.outside, room.joined, messenger.conversations.ordered()], ['left', false, []]);
  assert.equal(Array.from({ length: session.length }, (_, at) => session.key(at)).some((key) => key.includes('log/room')), false);
  messenger.rooms.enter(room);
  await admit(all, page([said(1)]));
  assert.deepEqual([room.outside, room.joined], [null, true]);
});

test('a room that was left is not entered again by what was not sent there, which is kept', async () => {
  const all = await inLobby(page([said(1)]));
  const { messenger, net, room, clock } = all;
  messenger.send('refused');
  net.last.answer(net.last.opts('room-say')[0], { errorcode: -7, txt: 'too long' });
  await settled();
  messenger.send('on its way');
  net.last.push(event('room-leave', { by: '>', time: T0, removed: false }));
  assert.deepEqual(room.pending.map((item) => [item.content, item.error]), [['refused', -7], ['on its way', -5]]);
  await clock.tick(1_000);
  messenger.stop();
  const second = reloaded(all);
  second.messenger.start();
  await greet(second);
  assert.deepEqual(second.net.last.opts('room-join'), []);
  second.messenger.openRoom('Lobby');
  await admit(second, page([said(1)]));
  assert.deepEqual(contents(second.messenger.opened), ['word 1', 'refused', 'on its way']);
  assert.deepEqual(second.net.last.opts('room-say'), [], 'before somebody says so');
});

test('who was removed is told so, and does not come back by reconnecting', async () => {
  const all = await inLobby();
  all.net.last.push(event('room-leave', { by: '>', time: T0, removed: true }));
  assert.equal(all.room.outside, 'removed');
  all.net.last.end(1012);
  await all.clock.tick(1_000);
  await greet(all);
  assert.deepEqual(all.net.last.opts('room-join'), []);
});

test('who was removed may try again, and hears when that was of no use', async () => {
  const all = await inLobby();
  const { room, messenger, net } = all;
  const refused = [];
  messenger.on('refused', (of, code) => refused.push([of, code]));
  net.last.push(event('room-leave', { by: '>', time: T0, removed: true }));
  messenger.rooms.enter(room);
  net.last.answer(net.last.opts('room-join').at(-1), { errorcode: -5, txt: 'no' });
  await settled();
  assert.deepEqual([room.outside, refused], ['removed', [[room, -5]]]);
  messenger.rooms.enter(room);
  await admit(all);
  assert.deepEqual([room.outside, refused.length], [null, 1]);
});

test('a room that is not, and one that does not want us', async () => {
  for (const [errorcode, outside] of [[-4, 'missing'], [-5, 'removed'], [-2, 'missing']]) {
    const { messenger, net } = await online();
    const room = messenger.openRoom('Nowhere');
    net.last.answer(net.last.opts('room-join')[0], { errorcode, txt: 'no' });
    await settled();
    assert.equal(room.outside, outside);
  }
});

test('a connection is in fifty rooms at most; the next one begins with those opened last', async () => {
  const all = await online();
  const refused = [];
  all.messenger.on('refused', (room, code) => refused.push([room.person.name, code]));
  for (let number = 1; number <= 50; number += 1) {
    all.messenger.openRoom(`r${number}`);
    await admit(all, page([], { room: `r${number}` }));
  }
  all.messenger.openRoom('r51');
  all.net.last.answer(all.net.last.opts('room-join').at(-1), { errorcode: -7, txt: 'too many' });
  await settled();
  assert.deepEqual(refused, [['r51', -8]]);
  all.api.joinedRooms = Array.from({ length: 50 }, (_, index) => ({ room: `r${index + 1}`, joined: true }));
  all.net.last.end(1012);
  await all.clock.tick(1_000);
  await greet(all);
  const joined = [];
  for (let frames = all.net.last.opts('room-join'); frames.length > joined.length; frames = all.net.last.opts('room-join')) {
    assert.equal(frames.length, joined.length + 1, 'one after the other: the page of each may be long');
    joined.push(frames.at(-1).data.room);
    await admit(all, page([], { room: joined.at(-1) }));
  }
  assert.deepEqual([joined.length, joined[0], joined.at(-1)], [50, 'r51', 'r2']);
});

test('a room that was left on another device while the line was away is not entered again', async () => {
  const all = await inLobby(page([said(1)]));
  all.net.last.end(1012);
  await all.clock.tick(1_000);
  all.api.joinedRooms = [];
  await greet(all);
  assert.deepEqual(all.net.last.opts('room-join'), []);
  assert.deepEqual([all.room.outside, all.room.joined, all.messenger.conversations.ordered()], ['left', false, []]);
});

test('a storage that was replaced: what we held goes, and the open room is joined anew', async () => {
  const all = await inLobby(page([said(1), said(2)]));
  all.net.last.end(4503);
  await all.clock.tick(1_000);
  await greet(all, { epoch: 'e2' });
  assert.deepEqual(contents(all.messenger.opened), []);
  await admit(all, page([said(1, { content: 'another' })]));
  assert.deepEqual(contents(all.messenger.opened), ['another']);
  assert.equal(all.messenger.opened.person.name, 'Lobby');
});

test('a server that cannot just now is asked again', async () => {
  const { messenger, net, clock } = await online();
  messenger.openRoom('Lobby');
  net.last.answer(net.last.opts('room-join')[0], { errorcode: -8, txt: 'not now' });
  await clock.tick(3_000);
  assert.equal(net.last.opts('room-join').length, 2);
});

test('of an open room only the end is kept while nobody looks at more than that', async () => {
  const { messenger, net, room } = await inLobby();
  const push = (from, to) => Array.from({ length: to - from + 1 }, (_, at) => net.last.push(event('room-message', { data: said(from + at) })));
  push(1, 500);
  assert.deepEqual([room.log.length, room.hasOlder], [500, false]);
  messenger.isAtEnd = () => true;
  push(501, 900);
  assert.deepEqual([room.log.length <= 400, room.log.at(-1).seq, room.hasOlder], [true, 900, true]);
  const { length } = room.log;
  net.last.push(event('room-message', { data: said(902) }));
  assert.equal(room.log.length, length + 1, 'what is missing is looked for first');
});

test('older messages come by room-chat, from the place of the first', async () => {
  const given = page(Array.from({ length: 200 }, (_, index) => said(index + 101)), { has_more: true, read_seq: 300 });
  const { messenger, api, room } = await inLobby(given);
  assert.equal(room.hasOlder, true);
  api.entries = Array.from({ length: 300 }, (_, index) => said(index + 1));
  await messenger.loadOlder();
  assert.deepEqual(api.calls.at(-1), { other: 'room:lobby', before: 101, after: 0, limit: 50 });
  assert.equal(room.log[0].seq, 51);
});

test('reading is said by room-read, and nothing of delivery or typing', async () => {
  const { messenger, net, room, clock } = await inLobby(page([said(1), said(2)]));
  messenger.saw(room, 2);
  messenger.typed('x');
  await clock.tick(1_000);
  assert.deepEqual(net.last.opts('room-read').map(({ data }) => data), [{ room: 'lobby', seq: 2 }]);
  assert.deepEqual([net.last.opts('delivered'), net.last.opts('typing'), room.unread], [[], [], 0]);
  net.last.push(event('room-message', { data: said(3) }));
  net.last.push(event('room-read', { seq: 3 }));
  assert.equal(room.unread, 0, 'read on another tab');
});

test('the list joins rooms and conversations, and forgets those left elsewhere', async () => {
  const all = world();
  all.api.list = [{ ...BOB, last: theirs(1), last_seq: 1, last_time: T0 }];
  all.api.joinedRooms = [{ room: 'Lobby', joined: true, count: 2, last: said(9), last_seq: 9, last_time: T0 + 9000, read_seq: 8 }];
  all.messenger.start();
  await greet(all);
  const { conversations, directory } = all.messenger;
  assert.deepEqual(conversations.ordered().map(({ id }) => id), ['room:lobby', 2]);
  assert.equal(conversations.get('room:lobby').unread, 1);
  all.api.joinedRooms = [];
  await directory.list();
  assert.deepEqual(conversations.ordered().map(({ id }) => id), [2]);
});

test('a person called like a room is a person', async () => {
  const { messenger, net } = await online();
  net.last.push({ errorcode: 0, data: { user_id: 2, data: mine(1) } });
  assert.equal(messenger.conversations.get(2).isRoom, false);
  net.last.push(event('room-message', { room: '   ', data: said(1) }));
  net.last.push(event('room-join', { room: 5, by: '<' }));
  assert.equal(messenger.conversations.all().length, 1);
});
