// A room: a conversation of many. What is its own is who is in, who came and went, and what I may do there.
import { Conversation } from './conversation.js';
import { Goings } from './goings.js';
import { roomPerson } from './place.js';
import { Returning } from './returning.js';
import { peopleOf, Roster } from './roster.js';

export class Room extends Conversation {
  roster = new Roster();
  goings = new Goings();
  /** I am a member: the room stands in my list, and takes what I write. */
  joined = false;
  /** Why one cannot be in: missing, removed, left; null otherwise. */
  outside = null;
  owner = null;
  moderator = false;
  muted = false;
  /** Who may not come back, for a moderator who looked. */
  removed = [];
  #returning = new Returning();
  /** What moderators took away: an answer that was on its way may still have the text. */
  #struck = new Set();

  get isRoom() {
    return true;
  }

  get listed() {
    return this.joined;
  }

  /** A room that was left counts no more. */
  get unread() {
    return this.joined ? super.unread : 0;
  }

  /** Joining brings the newest page; before it nobody may ask for another. */
  get readable() {
    return this.joined && this.loaded;
  }

  get address() {
    return { room: this.person.name };
  }

  /** Nobody says of a room how far the others have read. */
  otherReadUpTo() {}

  learn(facts) {
    super.learn(facts);
    this.#blank();
    if (typeof facts.room === 'string' && facts.room !== this.person.name) this.person = roomPerson(facts.room);
    for (const mark of ['joined', 'moderator', 'muted']) if (typeof facts[mark] === 'boolean') this[mark] = facts[mark];
    if (facts.owner !== undefined) this.owner = facts.owner;
    if (Number.isSafeInteger(facts.count)) this.roster.count = facts.count;
  }

  add(entries) {
    const grown = super.add(entries);
    this.#blank();
    return grown;
  }

  rewind() {
    super.rewind();
    this.#struck.clear();
  }

  /** The answer to joining: the newest messages, and who is in. */
  enter(page, now) {
    this.#returning.expect(this.roster.ids(), now);
    this.learn({ ...page, joined: true });
    this.add(page.logs);
    this.roster.replace(peopleOf(page.members), page.count);
    if (page.has_more === false && this.gaps.length === 0) this.reachStart();
    Object.assign(this, { outside: null, loaded: true });
  }

  /** `outside` says why. */
  leave(outside) {
    Object.assign(this, { outside, joined: false, moderator: false, removed: [] });
    this.roster.replace([], 0);
    this.#returning = new Returning();
  }

  came({ users, count, time }, now) {
    const people = peopleOf(users);
    const news = people.filter(({ id }) => !this.roster.has(id) && !this.#returning.has(id, now));
    this.roster.add(people, count);
    this.#note('came', news, time);
  }

  went({ users, count, time, removed }) {
    const people = peopleOf(users);
    const news = people.filter(({ id }) => this.roster.has(id));
    this.roster.remove(people, count);
    people.forEach(({ id }) => this.#returning.forget(id));
    this.#note(removed ? 'removed' : 'left', news, time);
  }

  /** A moderator took the text of a message away. */
  strike(seq) {
    this.#struck.add(seq);
    this.#blank();
  }

  #blank() {
    if (this.#struck.size === 0) return;
    const blank = (message) => (message && !message.deleted && this.#struck.has(message.seq) ? { ...message, content: '', deleted: true } : message);
    this.log = this.log.map(blank);
    this.preview = blank(this.preview);
  }

  #note(what, people, time) {
    if (Number.isFinite(time)) this.goings.note(what, people, { time, after: this.log.at(-1)?.seq ?? 0 });
  }
}
