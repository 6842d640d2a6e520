// Who there is: the pages of the conversation list, people found by search, and strangers who write to us.
import { Emitter } from './emitter.js';
import { isRoom, personAt, whoseIs } from './place.js';
import { personOf } from './person.js';
import { Strangers } from './strangers.js';

const PAGE = 50;
/** Of the rooms one is in. */
const ROOMS = 100;

/** Emits: 'learned' (conversation) for each one heard of, 'listed' () after each page. */
export class Directory extends Emitter {
  #cursor = null;
  #deep = false;
  #listing = null;

  /** `isLive(place)`: what happens in that room is pushed to us. */
  constructor({ api, conversations, clock, isLive = () => false }) {
    super();
    Object.assign(this, { api, conversations, isLive });
    this.strangers = new Strangers({ ask: (id) => this.#introduce(id), clock });
  }

  stop() {
    this.strangers.stop();
  }

  /** There are older conversations than those we know. */
  get hasMore() {
    return this.#cursor !== null;
  }

  /** The newest page. */
  list() {
    this.#listing ??= this.#newest().finally(() => {
      this.#listing = null;
    });
    return this.#listing;
  }

  /** The page below what was loaded before. */
  async more() {
    if (!this.hasMore || this.#listing) return;
    this.#deep = true;
    this.#cursor = await this.#page(this.#cursor);
    this.emit('listed');
  }

  /** There are rooms that one is a member of and hears nothing from. */
  get hasQuietRooms() {
    return this.#joined().some(({ id }) => !this.isLive(id));
  }

  /** What is new in those. */
  async refreshRooms() {
    await this.#rooms();
    this.emit('listed');
  }

  /** Forgets how far down the list was loaded, and the page that is on its way. */
  forget() {
    this.#cursor = this.#listing = null;
    this.#deep = false;
  }

  async search(query, me) {
    const users = await this.api.searchUsers(query);
    return users.map(personOf).filter((person) => person && person.id !== me.id);
  }

  /** The conversation there; who that is is asked for when we do not know. */
  at(place) {
    const known = this.conversations.get(place);
    if (!known && !isRoom(place)) this.strangers.meet(place);
    return known ?? this.conversations.with(personAt(place));
  }

  async #introduce(id) {
    const { person } = this.conversations.get(id) ?? {};
    await this.#listing?.catch(() => undefined); // a list on its way mostly names them, too
    if (person && this.conversations.get(id)?.person !== person) return;
    const [user, asked] = await this.conversations.answer(this.api.user(id)).catch(() => []);
    const conversation = user && this.conversations.get(id);
    if (!conversation) return;
    conversation.learn(user, asked);
    this.emit('learned', conversation);
  }

  async #newest() {
    const [next] = await Promise.all([this.#page(), this.#rooms()]);
    if (!this.#deep) this.#cursor = next;
    this.emit('listed');
  }

  /** The cursor of the page after this one. */
  async #page(before) {
    const [{ conversations, next }, asked] = await this.conversations.answer(this.api.recentUsers({ before, limit: PAGE }));
    this.#learn(conversations, asked);
    return next ?? null;
  }

  /** Those I am in; of the ones I thought I was, those that are not named have been left elsewhere. */
  async #rooms() {
    const held = this.#joined();
    const [{ rooms, next }] = await this.conversations.answer(this.api.rooms({ joined: true, limit: ROOMS }));
    // A room that was left while this was on its way is left, and of one that is live we know better.
    const known = (room) => this.isLive(room?.id) || (held.includes(room) && !room.joined);
    const fresh = Array.isArray(rooms) ? rooms.filter((row) => !known(this.conversations.get(whoseIs(row)?.id))) : [];
    const named = new Set(this.#learn(fresh));
    for (const room of next ? [] : held) if (!named.has(room) && !known(room)) this.#drop(room);
  }

  #joined() {
    return this.conversations.all().filter(({ isRoom: room, joined }) => room && joined);
  }

  #drop(room) {
    room.leave('left');
    this.emit('learned', room);
  }

  #learn(rows, asked) {
    const learned = Array.isArray(rows) ? rows.map((row) => this.conversations.learn(row, asked)).filter(Boolean) : [];
    learned.forEach((conversation) => this.emit('learned', conversation));
    return learned;
  }
}
