// The public rooms with how many are in, kept fresh while somebody looks at them.
import { systemClock } from './clock.js';
import { NO_NETWORK } from './codes.js';
import { Emitter } from './emitter.js';
import { roomPerson, roomPlace } from './place.js';

const FRESH = 10_000;
const PAGE = 50;

/** Emits: 'change' () after each answer, and after each that did not come. */
export class PublicRooms extends Emitter {
  rooms = [];
  mayOpen = false;
  /** The errorcode of the last answer, when it was none. */
  failed = 0;
  loaded = false;
  #next = null;
  #timer = null;
  #round = 0;

  constructor({ api, clock = systemClock }) {
    super();
    Object.assign(this, { api, clock });
  }

  get hasMore() {
    return this.#next !== null;
  }

  watch() {
    this.stop();
    return this.#refresh(this.#round);
  }

  stop() {
    this.#round += 1;
    this.clock.clearTimeout(this.#timer);
  }

  async more() {
    const round = this.#round;
    const page = await this.#ask({ before: this.#next, limit: PAGE });
    if (round !== this.#round) return;
    this.#take(page, this.rooms);
    this.emit('change');
  }

  /** A new room of this name; an ApiError says why not. */
  async open(name) {
    const { room } = await this.api.openRoom(name);
    return typeof room === 'string' ? room : name;
  }

  /** The newest page; what was loaded below it stays there. */
  async #refresh(round) {
    const page = await this.#ask({ limit: PAGE });
    if (round !== this.#round) return;
    const below = this.rooms.slice(PAGE);
    const next = this.#next;
    this.#take(page, []);
    if (page && below.length) {
      this.rooms = unique([...this.rooms, ...below]);
      this.#next = next;
    }
    this.#timer = this.clock.setTimeout(() => this.#refresh(round), FRESH);
    this.emit('change');
  }

  #take(page, above) {
    if (!page) return;
    this.failed = 0;
    const rows = Array.isArray(page.rooms) ? page.rooms.filter((row) => typeof row?.room === 'string') : [];
    this.rooms = unique([...above, ...rows.map(lineOf)]);
    this.#next = page.next ?? null;
    Object.assign(this, { loaded: true, mayOpen: page.may_open === true });
  }

  /** Null when there was no answer. */
  #ask(page) {
    return this.api.rooms(page).catch(({ errorcode = NO_NETWORK }) => {
      this.failed = errorcode;
      return null;
    });
  }
}

function lineOf({ room, count, joined }) {
  return { person: roomPerson(room), count: Number.isSafeInteger(count) ? count : 0, joined: joined === true };
}

function unique(rooms) {
  return [...new Map(rooms.map((line) => [roomPlace(line.person.name), line])).values()];
}
