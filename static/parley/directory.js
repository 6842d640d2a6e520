// Who there is: the pages of the conversation list, people found by search, and strangers who write to us.
import { Emitter } from './emitter.js';
import { personOf } from './person.js';

const PAGE = 50;

/** Emits: 'learned' (conversation) for each one heard of, 'listed' () after each page. */
export class Directory extends Emitter {
  #cursor = null;
  #deep = false;
  #listing = null;

  constructor({ api, conversations }) {
    super();
    Object.assign(this, { api, conversations });
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

  /** Forgets how far down the list was loaded. */
  restart() {
    this.#cursor = null;
    this.#deep = false;
  }

  async search(query, me) {
    const users = await this.api.searchUsers(query);
    return users.map(personOf).filter((person) => person && person.id !== me.id);
  }

  /** The conversation with this user; who that is is asked for when we do not know. */
  withId(id) {
    const known = this.conversations.get(id);
    if (!known) this.introduce(id);
    return known ?? this.conversations.with(personOf({ user_id: id }));
  }

  async introduce(id) {
    const { person } = this.conversations.get(id) ?? {};
    await this.#listing?.catch(() => undefined); // a list on its way mostly names them, too
    if (person && this.conversations.get(id)?.person !== person) return;
    const user = await this.api.user(id).catch(() => null);
    const conversation = user && this.conversations.get(id);
    if (!conversation) return;
    conversation.learn(user);
    this.emit('learned', conversation);
  }

  async #newest() {
    const next = await this.#page();
    if (!this.#deep) this.#cursor = next;
    this.emit('listed');
  }

  /** The cursor of the page after this one. */
  async #page(before) {
    const { conversations, next } = await this.api.recentUsers({ before, limit: PAGE });
    for (const row of conversations ?? []) {
      const conversation = this.conversations.learn(row);
      if (conversation) this.emit('learned', conversation);
    }
    return next ?? null;
  }
}
