// One WebSocket that is always on its way back. Knows frames, refs and timers; knows no message, no DOM.
//
// Emits: 'state' ({state, retryAt, code}), 'hello' (data of the hello event), 'packet' (every packet).
// States: stopped, connecting, online (the server said hello), waiting (until retryAt), refused (code 4401/4409).
import { Backoff } from './backoff.js';
import { systemClock } from './clock.js';
import { CLOSED_IDENTITY, CLOSED_TOO_MANY, EVENT, FRAME_LIMIT } from './codes.js';
import { Emitter } from './emitter.js';

const HELLO_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 20_000;
/** Silence after which we ask whether the other end is still there: half-open sockets look alive. */
const QUIET = 25_000;
const PONG_TIMEOUT = 10_000;
/** Below the 64 requests no person ever reaches; a loop gone wild does. */
const PENDING_LIMIT = 64;
const OPEN = 1;

export class TransportError extends Error {}

export class Transport extends Emitter {
  state = 'stopped';
  retryAt = null;
  #socket = null;
  #opened = 0;
  #refs = 0;
  #pending = new Map();
  #retryTimer = null;
  #quietTimer = null;

  constructor({ url, protocols = () => undefined, WebSocket, clock = systemClock, random = Math.random }) {
    super();
    Object.assign(this, { url, protocols, WebSocket, clock });
    this.backoff = new Backoff(random);
  }

  get online() {
    return this.state === 'online';
  }

  start() {
    if (this.state === 'stopped' || this.state === 'refused') this.#connect();
  }

  stop() {
    this.#drop();
    this.#enter('stopped');
  }

  /** The network came back, or the person is looking: do not sit out the wait, do not trust an old socket. */
  wake() {
    if (this.state === 'waiting') this.#connect();
    else if (this.online) this.#askForLife();
  }

  /** Sends without waiting for an answer; false when that is impossible now. */
  send(opt, data, ref) {
    if (!this.online || this.#socket.readyState !== OPEN) return false;
    const frame = JSON.stringify(ref === undefined ? { opt, data } : { opt, data, ref });
    if (new TextEncoder().encode(frame).length > FRAME_LIMIT) throw new TransportError('frame too large');
    this.#socket.send(frame);
    return true;
  }

  /** Sends and resolves with the packet that carries our ref; rejects when the answer cannot come any more. */
  request(opt, data) {
    return new Promise((resolve, reject) => {
      if (this.#pending.size >= PENDING_LIMIT) throw new TransportError('too many requests');
      const ref = `r${++this.#refs}`;
      if (!this.send(opt, data, ref)) throw new TransportError('not connected');
      const timer = this.clock.setTimeout(() => this.#fail(ref, 'timeout'), REQUEST_TIMEOUT);
      this.#pending.set(ref, { resolve, reject, timer });
    });
  }

  async #connect() {
    this.#drop();
    const attempt = ++this.#opened;
    this.#enter('connecting');
    this.#armQuiet(HELLO_TIMEOUT, () => this.#closed(0));
    try {
      const protocols = await this.protocols();
      if (attempt === this.#opened) this.#openSocket(protocols);
    } catch {
      if (attempt === this.#opened) this.#closed(0);
    }
  }

  #openSocket(protocols) {
    const socket = protocols ? new this.WebSocket(this.url, protocols) : new this.WebSocket(this.url);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = ({ code }) => this.#closed(code);
  }

  #receive(frame) {
    const packet = parse(frame);
    if (packet === null) return;
    this.#armQuiet(QUIET, () => this.#askForLife());
    if (packet.errorcode === EVENT && packet.data?.event === 'hello') this.#greeted(packet.data);
    this.emit('packet', packet);
    const waiting = typeof packet.ref === 'string' ? this.#take(packet.ref) : undefined;
    waiting?.resolve(packet);
  }

  #greeted(hello) {
    this.backoff.reset();
    this.#enter('online');
    this.emit('hello', hello);
  }

  #askForLife() {
    this.#armQuiet(PONG_TIMEOUT, () => this.#closed(0));
    this.send('ping', {});
  }

  #closed(code) {
    this.#drop();
    if (code === CLOSED_IDENTITY || code === CLOSED_TOO_MANY) return this.#enter('refused', { code });
    const wait = this.backoff.next();
    this.#retryTimer = this.clock.setTimeout(() => this.#connect(), wait);
    this.#enter('waiting', { code, retryAt: this.clock.now() + wait });
  }

  /** Lets go of the socket at once: close() on a dead peer would take its time to say so. */
  #drop() {
    this.#opened += 1;
    this.clock.clearTimeout(this.#retryTimer);
    this.clock.clearTimeout(this.#quietTimer);
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const ref of [...this.#pending.keys()]) this.#fail(ref, 'connection lost');
  }

  #enter(state, { code = null, retryAt = null } = {}) {
    this.state = state;
    this.retryAt = retryAt;
    this.emit('state', { state, code, retryAt });
  }

  #armQuiet(ms, callback) {
    this.clock.clearTimeout(this.#quietTimer);
    this.#quietTimer = this.clock.setTimeout(callback, ms);
  }

  #take(ref) {
    const waiting = this.#pending.get(ref);
    if (waiting) this.clock.clearTimeout(waiting.timer);
    this.#pending.delete(ref);
    return waiting;
  }

  #fail(ref, reason) {
    this.#take(ref)?.reject(new TransportError(reason));
  }
}

function parse(frame) {
  try {
    const packet = JSON.parse(frame);
    return Number.isInteger(packet?.errorcode) ? packet : null;
  } catch {
    return null;
  }
}
