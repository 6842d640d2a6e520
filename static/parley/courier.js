// Carries the outbox to the server. One message at a time per conversation, so that a refusal never
// lets a later message overtake an earlier one. Whatever is unclear is sent again with the same client_id.
import { Backoff } from './backoff.js';
import { systemClock } from './clock.js';
import { LOGIN_FAILED, NOT_NOW, SENT_OFFLINE, SENT_ONLINE, TOO_FAST, TOO_LARGE } from './codes.js';
import { Emitter } from './emitter.js';
import { requestTo } from './place.js';

/** Emits: 'stored' (packet), 'refused' (item, errorcode). */
export class Courier extends Emitter {
  #busy = new Set();
  #timers = new Map();

  /** `ready(other)`: whether anything may go there yet. */
  constructor({ outbox, transport, ready = () => true, clock = systemClock, random = Math.random }) {
    super();
    Object.assign(this, { outbox, transport, ready, clock });
    this.backoff = new Backoff(random);
  }

  /** Sends what can be sent now. Called after each sync and after each new message. */
  flush() {
    if (!this.transport.online) return;
    const first = new Map();
    for (const item of this.outbox.items()) {
      if (!item.error && !first.has(item.other) && this.ready(item.other)) first.set(item.other, item);
    }
    for (const item of first.values()) this.#carry(item);
  }

  /** A new connection: earlier waits belonged to the old one. */
  restart() {
    this.stop();
    this.flush();
  }

  stop() {
    for (const timer of this.#timers.values()) this.clock.clearTimeout(timer);
    this.#timers.clear();
  }

  async #carry(item) {
    if (this.#busy.has(item.other) || this.#timers.has(item.other)) return;
    this.#busy.add(item.other);
    const { other, content, clientId } = item;
    const packet = await this.transport.request(...requestTo(other, 'chat-to', { content, client_id: clientId })).catch((error) => error);
    this.#busy.delete(item.other);
    this.#settle(item, packet);
  }

  #settle(item, packet) {
    const code = packet.errorcode;
    if (code === SENT_ONLINE || code === SENT_OFFLINE) this.#stored(item, packet);
    else if (code === TOO_FAST) this.#later(item, retryAfter(packet));
    else if (code === NOT_NOW || code === undefined) this.#unclear(item, packet);
    else if (code !== LOGIN_FAILED) this.#refuse(item, code);
  }

  #stored(item, packet) {
    this.backoff.reset();
    this.outbox.remove(item.clientId);
    this.emit('stored', packet);
    this.flush();
  }

  #unclear(item, packet) {
    // A frame over the limit never becomes smaller; everything else may be over in a moment.
    if (packet.message === 'frame too large') this.#refuse(item, TOO_LARGE);
    else this.#later(item, Math.max(500, this.backoff.next()));
  }

  #refuse(item, code) {
    this.outbox.fail(item.clientId, code);
    this.emit('refused', item, code);
    this.flush();
  }

  #later(item, ms) {
    if (!this.transport.online) return; // the next connection sends it
    this.#timers.set(item.other, this.clock.setTimeout(() => {
      this.#timers.delete(item.other);
      this.flush();
    }, ms));
  }
}

function retryAfter(packet) {
  const seconds = Number(packet.data?.retry_after);
  return Math.min(60_000, Math.max(200, Number.isFinite(seconds) ? Math.ceil(seconds * 1000) : 1000));
}
