// A whole messenger without a browser: fake socket, fake HTTP, fake storage, a clock in the test's hand.
import { Cache } from '../../../static/parley/cache.js';
import { ServerClock } from '../../../static/parley/clock.js';
import { Messenger } from '../../../static/parley/messenger.js';
import { Outbox } from '../../../static/parley/outbox.js';
import { personOf } from '../../../static/parley/person.js';
import { Transport } from '../../../static/parley/transport.js';
import { FakeClock, settled } from './clock.js';
import { BOB } from './entries.js';
import { fakeSockets } from './socket.js';
import { FakeStorage } from './storage.js';

export const ME = { user_id: 1, username: 'alice', name: 'Alice', avatar: null };
export const bob = personOf(BOB);

/** The texts of a conversation, those on their way last. */
export const contents = (conversation) => [...conversation.log, ...conversation.pending].map(({ content }) => content);

/** Answers from memory; `pages` holds what history gives, `list` what recent-users gives. */
export class FakeApi {
  list = [];
  entries = [];
  joinedRooms = [];
  publicRooms = [];
  identity = ME;
  calls = [];
  /** How far it is read, where the server says so. */
  readSeq;

  async recentUsers() {
    return { conversations: this.list, next: null };
  }

  async history(other, { before = Infinity, after = 0, limit }) {
    this.calls.push({ other, before, after, limit });
    const inside = this.entries.filter(([, , , { seq }]) => seq > after && seq < before);
    const logs = after ? inside.slice(0, limit) : inside.slice(-limit);
    const last = this.entries.at(-1)?.[3].seq ?? 0;
    return { logs, has_more: logs.length < inside.length, last_seq: last, read_seq: this.readSeq };
  }

  async rooms({ joined } = {}) {
    return { rooms: joined ? this.joinedRooms : this.publicRooms, next: null, may_open: true };
  }

  async openRoom(room) {
    return { room };
  }

  async user(id) {
    return { ...BOB, user_id: id, name: `User ${id}` };
  }

  async me() {
    return this.identity;
  }

  async searchUsers() {
    return [BOB, ME, { user_id: 'bad' }];
  }
}

export function world({ random = () => 1, ...kept } = {}) {
  const net = fakeSockets();
  const { clock = new FakeClock(), session = new FakeStorage(), local = new FakeStorage(), api = new FakeApi() } = kept;
  const transport = new Transport({ url: 'ws://x/', WebSocket: net.FakeSocket, clock, random });
  const serverClock = new ServerClock(clock);
  const outbox = new Outbox(local, '1', { clock: serverClock });
  const messenger = new Messenger({
    me: ME, api, clock, serverClock, random, transport, cache: new Cache(session, '1', { clock }), outbox,
  });
  return { net, clock, session, local, api, messenger };
}

/** Connected, greeted and caught up with `moved`. */
export async function online(options = {}) {
  const all = world(options);
  all.messenger.start();
  await settled();
  await greet(all, options);
  return all;
}

export async function greet({ net }, { epoch = 'e1', moved = [], beforeSync = () => undefined } = {}) {
  await settled();
  net.last.hello({ epoch });
  await settled();
  beforeSync();
  const [sync] = net.last.opts('sync');
  net.last.answer(sync, { errorcode: 3, data: { event: 'sync', epoch, conversations: moved } });
  await settled();
  return sync;
}

/** The same browser after a reload: storage stays, memory goes. */
export function reloaded({ session, local, api, clock }) {
  return world({ session, local, api, clock });
}
