// The rooms one is in: coming in and leaving, what is heard there, and what a moderator does.
//
// Emits: 'change' (room), 'entered' (room), 'elsewhere' (room, the room it is),
// 'shut' (room) when one is in there no more, 'refused' (room, errorcode).
import { systemClock } from './clock.js';
import { EVENT, NO_NETWORK, NOT_ALLOWED, NOT_NOW, TOO_FAST, TOO_LARGE } from './codes.js';
import { Emitter } from './emitter.js';
import { isSeq } from './entry.js';
import { isRoom, personAt, roomPerson, roomPlace } from './place.js';
import { peopleOf } from './roster.js';

/** Joining that failed while the socket lives is tried again after this. */
const AGAIN = 2_000;
/** The server lets one connection be in no more: the longest unopened are left out. */
const MOST = 50;

export class Rooms extends Emitter {
  /** Where to be on every connection. */
  #present = new Set();
  /** Where this connection is known to be in: elsewhere the server takes nothing. */
  #here = new Set();
  #timers = new Map();
  /** The connection that is being filled. */
  #turn = {};

  constructor({ transport, conversations, store, me, clock = systemClock }) {
    super();
    Object.assign(this, { transport, conversations, store, me, clock });
    transport.on('state', () => this.#here.clear());
  }

  /** Whether something may be said there now; between two people always. */
  isReady(place) {
    return !isRoom(place) || this.#here.has(place);
  }

  /** Without a connection the next one does it. */
  enter(room) {
    const again = room.outside !== null;
    this.#present.delete(room.id);
    this.#present.add(room.id);
    if (this.#present.size > MOST) this.#present.delete(this.#present.values().next().value);
    room.outside = null;
    this.#join(room, again);
  }

  /** A new connection knows of no room. One after the other, the last one opened first: a slow line has no room for all their pages at once. */
  async restart() {
    this.stop();
    const turn = {};
    this.#turn = turn;
    for (const place of [...this.#present].reverse()) {
      const room = this.conversations.with(personAt(place));
      if (turn !== this.#turn) return;
      if (this.#present.has(place) && !this.isReady(place)) await (room.outside ? this.#shut(room, room.outside) : this.#join(room));
    }
  }

  stop() {
    for (const timer of this.#timers.values()) this.clock.clearTimeout(timer);
    this.#timers.clear();
  }

  /** These give true when it was done. */
  leave(room) {
    return this.#ask(room, 'room-leave', {});
  }

  strike(room, seq) {
    return this.#ask(room, 'room-delete', { seq });
  }

  mute(room, id, on) {
    return this.#ask(room, 'room-mute', { user_id: id, on });
  }

  expel(room, id) {
    return this.#remove(room, id, true);
  }

  readmit(room, id) {
    return this.#remove(room, id, false);
  }

  /** Nobody is told of who may come back, so a moderator asks. */
  async lookForRemoved(room) {
    const packet = await this.#request(room, 'room-removed', {});
    if (packet?.errorcode !== EVENT) return;
    room.removed = peopleOf(packet.data?.removed);
    this.emit('change', room);
  }

  /** An event that names a room. */
  take(data) {
    const room = this.conversations.get(roomPlace(data.room));
    if (!room) return;
    if (data.event === 'room-join') this.#joined(room, data);
    else if (data.event === 'room-leave') this.#left(room, data);
    else if (data.event === 'room-read' && isSeq(data.seq)) room.readUpTo(data.seq);
    else if (data.event === 'room-delete') room.strike(data.seq);
    else if (data.event === 'room-mute') this.#muted(room, data);
    this.emit('change', room);
  }

  /** Whoever tries it `again` is told that it was of no use. */
  async #join(room, again = false) {
    if (!this.transport.online) return; // restart() comes with the next connection
    const packet = await this.#request(room, 'room-join', {});
    const code = packet?.errorcode;
    if (code === EVENT) this.#arrived(room, packet.data?.room);
    else if (packet === null || code === TOO_FAST || code === NOT_NOW) this.#later(room);
    else if (code === TOO_LARGE) this.emit('refused', room, NOT_NOW); // the next connection begins with none
    else this.#shut(room, code === NOT_ALLOWED ? 'removed' : 'missing');
    if (code === NOT_ALLOWED && again) this.emit('refused', room, code);
  }

  /** Two spellings that we hold for two may be one to the server. */
  #arrived(room, name) {
    if (typeof name !== 'string' || roomPlace(name) === room.id) return;
    this.#present.delete(room.id);
    this.emit('elsewhere', room, this.conversations.with(roomPerson(name)));
  }

  #later(room) {
    this.clock.clearTimeout(this.#timers.get(room.id));
    this.#timers.set(room.id, this.clock.setTimeout(() => this.#join(room), AGAIN));
  }

  #shut(room, outside) {
    this.#present.delete(room.id);
    this.#here.delete(room.id);
    room.leave(outside);
    this.emit('shut', room);
    this.emit('change', room);
  }

  #joined(room, data) {
    if (data.by === '<') return room.came(data, this.clock.now());
    if (data.by !== '>') return undefined;
    this.#here.add(room.id);
    this.store.restoreLog(room);
    room.enter(data, this.clock.now());
    return this.emit('entered', room);
  }

  #left(room, data) {
    if (data.by === '<') room.went(data);
    else if (data.by === '>') this.#shut(room, data.removed ? 'removed' : 'left');
  }

  #muted(room, { user_id: id, on }) {
    room.roster.mute(id, on === true);
    if (id === this.me.id) room.muted = on === true;
  }

  async #remove(room, id, on) {
    const done = await this.#ask(room, 'room-remove', { user_id: id, on });
    if (done) this.lookForRemoved(room);
    return done;
  }

  #request(room, opt, data) {
    return this.transport.request(opt, { room: room.person.name, ...data }).catch(() => null);
  }

  async #ask(room, opt, data) {
    const code = (await this.#request(room, opt, data))?.errorcode ?? NO_NETWORK;
    if (code < 0) this.emit('refused', room, code);
    return code >= 0;
  }
}
