// What a server with rooms says.
import { settled } from './clock.js';
import { BOB, T0 } from './entries.js';

export const ANN = { user_id: 3, username: 'ann', name: 'Ann', avatar: null, kind: 'guest' };
export const ALICE = { user_id: 1, username: 'alice', name: 'Alice', avatar: null, kind: 'local' };

export function said(seq, { by = BOB, content = `word ${seq}`, ...more } = {}) {
  return [by.user_id === 1 ? '>' : '<', content, '', { seq, time: T0 + seq * 1000, id: `1.${seq}`, user: by, ...more }];
}

export function page(logs = [], { members = [ALICE, BOB], room = 'Lobby', ...more } = {}) {
  const last = logs.at(-1)?.[3].seq ?? 0;
  return { room, members, count: members.length, time: T0, logs, has_more: false, last_seq: last, read_seq: 0, unread: last, owner: null,
    moderator: false, muted: false, ...more };
}

export const event = (name, data) => ({ errorcode: 3, data: { event: name, room: 'Lobby', ...data } });

/** Answers the newest room-join. */
export async function admit({ net }, given = page()) {
  const frame = net.last.opts('room-join').at(-1);
  net.last.answer(frame, event('room-join', { by: '>', ...given }));
  await settled();
  return frame;
}

/** Somebody else comes in or goes. */
export function moves(net, name, users, more = {}) {
  net.last.push(event(name, { by: '<', users, count: 2, time: T0 + 50_000, ...more }));
}
