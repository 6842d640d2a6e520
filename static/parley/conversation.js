// One conversation as we know it: the person, the log, what is still on its way, and how far each side
// has read. Everything moves forward only, so news may come twice, late or in any order.
import { messageOf, messagesOf } from './entry.js';
import { emptyLog, firstSeq, gaps, lastSeq, merge, newestRun } from './log.js';
import { personOf } from './person.js';

/** A hole wider than this is cheaper to scroll up through than to fill. */
const WIDEST_GAP = 200;
const KEPT_IN_BACKGROUND = 200;

export class Conversation {
  log = emptyLog;
  pending = [];
  preview = null;
  lastSeq = 0;
  lastTime = 0;
  readSeq = 0;
  otherReadSeq = 0;
  otherDeliveredSeq = 0;
  online = false;
  lastSeen = null;
  /** The turn of the newest push about whether they are there. */
  told = 0;
  typing = false;
  /** More was read than the server knows of: a page that was left without a line took the receipt with it. */
  unsaid = false;
  /** The newest page came from the server since the page was loaded. */
  loaded = false;
  /** The server said that nothing is older than what we hold. */
  complete = false;

  constructor(person) {
    this.person = person;
  }

  get id() {
    return this.person.id;
  }

  /** Sending moves one's own read_seq, so whatever lies beyond it came from the other side. */
  get unread() {
    return Math.max(0, this.lastSeq - this.readSeq);
  }

  get hasOlder() {
    return !this.complete && firstSeq(this.log) > 1;
  }

  get gaps() {
    return gaps(this.log);
  }

  /** Whether it belongs into the list. */
  get listed() {
    return Boolean(this.last);
  }

  get isRoom() {
    return false;
  }

  /** History can be asked for. */
  get readable() {
    return true;
  }

  /** How the page around us names it. */
  get address() {
    return { userId: this.id };
  }

  /** What sync asks from: the end of the log, or of the list's knowledge where no log is held. */
  get heldSeq() {
    return lastSeq(this.log) || this.lastSeq;
  }

  /** The newest thing in it, for the list. */
  get last() {
    return this.pending.at(-1) ?? this.preview;
  }

  get sortTime() {
    return Math.max(this.lastTime, this.pending.at(-1)?.time ?? 0);
  }

  /** Takes in what the server tells about the conversation in any of its answers, asked for at that turn. */
  learn(facts, asked = Infinity) {
    if (facts.username !== undefined) this.person = personOf(facts) ?? this.person;
    this.#forward('lastSeq', facts.last_seq);
    this.#forward('lastTime', facts.last_time);
    if (facts.read_seq < this.readSeq) this.unsaid = true;
    this.#forward('readSeq', facts.read_seq);
    this.#forward('otherReadSeq', facts.other_read_seq);
    this.#forward('otherDeliveredSeq', Math.max(facts.other_delivered_seq ?? 0, this.otherReadSeq));
    const last = messageOf(facts.last);
    if (last) this.#see(last);
    if (asked < this.told) return;
    if (typeof facts.online === 'boolean') this.online = facts.online;
    if (Number.isFinite(facts.last_seen)) this.lastSeen = facts.last_seen;
  }

  /** Merges entries; true when one of them was new. */
  add(entries) {
    const messages = messagesOf(entries);
    const before = this.log;
    this.log = merge(this.log, messages);
    messages.forEach((message) => this.#see(message));
    this.#settle(messages);
    this.#dropBehindWideGap();
    return this.log !== before;
  }

  /** Too much was missed: the newest page stands for the log, older ones are loaded again on demand. */
  replace(entries) {
    this.log = emptyLog;
    this.complete = false;
    this.add(entries);
  }

  /** The server knows less than we do (an older state was restored there): ours counts for nothing. */
  rewind() {
    Object.assign(this, { preview: null, lastSeq: 0, lastTime: 0, readSeq: 0, otherReadSeq: 0, otherDeliveredSeq: 0 });
  }

  /** The first page reaches down to the beginning. */
  reachStart() {
    this.complete = true;
  }

  readUpTo(seq) {
    this.#forward('readSeq', Math.min(seq, this.lastSeq));
  }

  otherReadUpTo(seq) {
    this.#forward('otherReadSeq', seq);
    this.otherDeliveredUpTo(seq);
  }

  otherDeliveredUpTo(seq) {
    this.#forward('otherDeliveredSeq', seq);
  }

  /** Nobody looks at it: what was scrolled up to need not stay in memory. */
  trim() {
    const run = newestRun(this.log, KEPT_IN_BACKGROUND);
    if (run.length < this.log.length) this.complete = false;
    this.log = run;
  }

  setPending(items) {
    const stored = new Set(this.log.map((message) => message.clientId));
    this.pending = items.filter((item) => !stored.has(item.clientId));
  }

  /** sending, failed, sent, delivered or read. */
  stateOf(message) {
    if (message.seq === undefined) return message.error ? 'failed' : 'sending';
    if (message.seq <= this.otherReadSeq) return 'read';
    return message.seq <= this.otherDeliveredSeq ? 'delivered' : 'sent';
  }

  #see(message) {
    this.#forward('lastSeq', message.seq);
    this.#forward('lastTime', message.time);
    if (message.mine) this.#forward('readSeq', message.seq);
    else this.otherReadUpTo(message.seq); // who answers has seen what came before
    if (!this.preview || message.seq >= this.preview.seq) this.preview = message;
  }

  #settle(messages) {
    const stored = new Set(messages.map((message) => message.clientId));
    this.pending = this.pending.filter((item) => !stored.has(item.clientId));
  }

  #dropBehindWideGap() {
    const wide = this.gaps.filter(({ after, before }) => before - after > WIDEST_GAP).at(-1);
    if (!wide) return;
    this.log = this.log.filter((message) => message.seq >= wide.before);
    this.complete = false;
  }

  #forward(field, value) {
    if (Number.isFinite(value) && value > this[field]) this[field] = value;
  }
}
