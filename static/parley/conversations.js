// All conversations we know of, the one list that both the list view and sync work from.
import { Conversation } from './conversation.js';
import { personOf } from './person.js';

/** What one sync may name; what lies beyond is found when it is opened. */
const SYNCED = 1_000;

export class Conversations {
  #byId = new Map();

  get(id) {
    return this.#byId.get(id);
  }

  /** The conversation with this person, made when there is none yet. */
  with(person) {
    const held = this.#byId.get(person.id);
    if (held) return held;
    const made = new Conversation(person);
    this.#byId.set(person.id, made);
    return made;
  }

  /** Takes in one row of the server's (or the cache's) list; null when it names nobody. */
  learn(row) {
    const person = personOf(row);
    if (!person) return null;
    const conversation = this.with(person);
    conversation.learn(row);
    return conversation;
  }

  /** Newest first; those in which nothing was written yet are not shown. */
  ordered() {
    const written = [...this.#byId.values()].filter((conversation) => conversation.last);
    return written.sort((a, b) => b.sortTime - a.sortTime || b.id - a.id);
  }

  all() {
    return [...this.#byId.values()];
  }

  get unread() {
    return this.all().reduce((sum, conversation) => sum + conversation.unread, 0);
  }

  /** {"<other id>": last seq held} for sync. */
  seqs() {
    const newest = this.ordered().slice(0, SYNCED);
    return Object.fromEntries(newest.map((conversation) => [String(conversation.id), conversation.heldSeq]));
  }

  clear() {
    this.#byId.clear();
  }
}
