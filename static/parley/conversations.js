// All conversations we know of, the one list that both the list view and sync work from.
import { Conversation } from './conversation.js';
import { isRoom, whoseIs } from './place.js';
import { Room } from './room.js';

/** What one sync may name; what lies beyond is found when it is opened. */
const SYNCED = 1_000;

export class Conversations {
  /** Moves on with whatever makes answers that are still on their way older than what we hold. */
  turn = 0;
  #begun = 0;
  #byId = new Map();

  get(id) {
    return this.#byId.get(id);
  }

  /** The conversation with this person, or the room, made when there is none yet. */
  with(person) {
    const held = this.#byId.get(person.id);
    if (held) return held;
    const made = isRoom(person.id) ? new Room(person) : new Conversation(person);
    this.#byId.set(person.id, made);
    return made;
  }

  /** Takes in one row of the server's (or the cache's) list, asked for at that turn; null when it names nobody. */
  learn(row, asked) {
    const person = whoseIs(row);
    if (!person) return null;
    const conversation = this.with(person);
    conversation.learn(row, asked);
    return conversation;
  }

  /** Newest first; those in which nothing was written yet are not shown, of rooms those that one is in. */
  ordered() {
    const written = [...this.#byId.values()].filter((conversation) => conversation.listed);
    return written.sort((a, b) => b.sortTime - a.sortTime || (b.id > a.id ? 1 : -1));
  }

  all() {
    return [...this.#byId.values()];
  }

  get unread() {
    return this.all().reduce((sum, conversation) => sum + conversation.unread, 0);
  }

  /** What sync asks from: {seqs: {"<other id>": last seq held}, rooms: {"<room>": ...}}. */
  held() {
    const newest = this.ordered().slice(0, SYNCED);
    const seqs = newest.filter(({ isRoom: room }) => !room).map(({ id, heldSeq }) => [String(id), heldSeq]);
    const rooms = newest.filter(({ isRoom: room }) => room).map(({ person, heldSeq }) => [person.name, heldSeq]);
    return { seqs: Object.fromEntries(seqs), ...(rooms.length && { rooms: Object.fromEntries(rooms) }) };
  }

  /** All of it is of a storage that is no more. */
  clear() {
    this.#byId.clear();
    this.#begun = ++this.turn;
  }

  /** The answer and the turn of the question; it rejects where all that we held was dropped meanwhile. */
  async answer(question) {
    const { turn } = this;
    const answer = await question;
    if (turn < this.#begun) throw new Error('of another storage');
    return [answer, turn];
  }
}
