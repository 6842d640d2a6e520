// Tells the server what was received and what was read. Coalesced: only the newest seq per conversation
// is of interest. Kept until the server confirmed it, so a receipt survives a lost connection.
import { systemClock } from './clock.js';
import { NOT_NOW, TOO_FAST } from './codes.js';
import { requestTo } from './place.js';

const WAIT = 120;
/** After the server said "too fast" or "not now". */
const LATER = 1_000;
/** Per round; together with WAIT well below the 20 frames a second that one socket may send. */
const ROUND = 2;

export class Receipts {
  #wanted = new Map();
  #timer = null;

  /** `ready(other)`: whether anything may go there yet. */
  constructor({ transport, ready = () => true, clock = systemClock }) {
    Object.assign(this, { transport, ready, clock });
  }

  delivered(other, seq) {
    const read = this.#wanted.get(`read/${other}`);
    if (!read || read.seq < seq) this.#want('delivered', other, seq);
  }

  /** Reading implies having received. */
  read(other, seq) {
    this.#wanted.delete(`delivered/${other}`);
    this.#want('read', other, seq);
  }

  /** A new connection: say again what the old one may not have carried. */
  restart() {
    for (const receipt of this.#wanted.values()) receipt.sent = false;
    this.resume();
  }

  /** Their seqs are of a storage that is no more. */
  forget() {
    this.#wanted.clear();
  }

  /** Something is wanted, or has become ready. */
  resume(wait = WAIT) {
    if (this.#timer === null && this.#unsent().length) this.#timer = this.clock.setTimeout(() => this.#flush(), wait);
  }

  stop() {
    this.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #want(opt, other, seq) {
    const key = `${opt}/${other}`;
    if ((this.#wanted.get(key)?.seq ?? 0) >= seq) return;
    this.#wanted.set(key, { key, opt, other, seq, sent: false });
    this.resume();
  }

  #unsent() {
    return [...this.#wanted.values()].filter((receipt) => !receipt.sent && this.ready(receipt.other));
  }

  #flush() {
    this.#timer = null;
    if (!this.transport.online) return; // restart() comes with the next connection
    this.#unsent().slice(0, ROUND).forEach((receipt) => this.#send(receipt));
    this.resume();
  }

  async #send(receipt) {
    receipt.sent = true;
    const { opt, other, seq, key } = receipt;
    const packet = await this.transport.request(...requestTo(other, opt, { seq })).catch(() => undefined);
    if (!packet) return; // unclear: stays wanted for the next connection
    if (packet.errorcode === TOO_FAST || packet.errorcode === NOT_NOW) {
      receipt.sent = false;
      this.resume(LATER);
    } else if (this.#wanted.get(key) === receipt) this.#wanted.delete(key);
  }
}
