// Keeps the conversations in the cache and brings them back: the one place that knows both forms.
import { systemClock } from './clock.js';
import { entryOf, messagesOf } from './entry.js';
import { newestRun } from './log.js';
import { factsOf } from './person.js';

/** Writing after each of a burst of messages would only wear out the disk. */
const WAIT = 250;
const LISTED = 100;

export class Store {
  #dirty = new Set();
  #restored = new WeakSet();
  #timer = null;
  #closed = false;

  constructor({ cache, conversations, clock = systemClock }) {
    Object.assign(this, { cache, conversations, clock });
  }

  /** The list at once; the logs when they are needed. */
  restore() {
    for (const row of this.cache.readList()) this.conversations.learn(row);
  }

  /** The log from the cache, below whatever came meanwhile. Must precede the first add. */
  restoreLog(conversation) {
    if (this.#restored.has(conversation)) return;
    this.#restored.add(conversation);
    const entries = this.cache.readLog(conversation.id);
    if (messagesOf(entries).length) conversation.add(entries);
  }

  save(conversation) {
    if (this.#closed || this.conversations.get(conversation.id) !== conversation) return; // dropped, and of another storage
    this.#dirty.add(conversation);
    this.#timer ??= this.clock.setTimeout(() => this.flush(), WAIT);
  }

  flush() {
    this.clock.clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#dirty.size === 0) return;
    this.cache.writeList(this.conversations.ordered().slice(0, LISTED).map(rowOf));
    for (const conversation of this.#dirty) this.#writeLog(conversation);
    this.#dirty.clear();
  }

  /** The server's storage was replaced: nothing we hold can be trusted. */
  forget() {
    this.stop();
    this.cache.clear();
    this.#restored = new WeakSet();
  }

  stop() {
    this.clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#dirty.clear();
  }

  /** Writes what is waiting; what comes later (an answer still on its way) is not written any more. */
  close() {
    this.flush();
    this.#closed = true;
  }

  #writeLog(conversation) {
    const run = conversation.listed ? newestRun(conversation.log) : [];
    if (!conversation.listed) this.cache.removeLog(conversation.id); // a room that was left
    if (run.length) this.cache.writeLog(conversation.id, run.map(entryOf));
  }
}

/** As recent-users says it, so that the cache is learned from like the server. */
function rowOf(conversation) {
  const { person } = conversation;
  const who = conversation.isRoom ? { room: person.name, joined: true } : factsOf(person);
  return { ...who, ...standing(conversation) };
}

function standing({ preview, lastSeq, lastTime, readSeq, otherReadSeq, otherDeliveredSeq, lastSeen }) {
  return {
    last: preview && entryOf(preview), last_seq: lastSeq, last_time: lastTime, read_seq: readSeq,
    other_read_seq: otherReadSeq, other_delivered_seq: otherDeliveredSeq, last_seen: lastSeen,
  };
}
