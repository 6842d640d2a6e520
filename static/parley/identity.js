// Who speaks: a token that the host's back end signed, and another one when it has run out; or none, and
// the cookie of our own origin says it.
import { systemClock } from './clock.js';

/** A host that has not answered by then is asked again. */
const PATIENCE = 10_000;

export class Identity {
  /** The host has a token for us, but of somebody else: another account was chosen there. This one has ended. */
  switched = false;
  #token;
  #subject;
  #asking = null;

  /** `token`: text, or a function that gives one; `tokenProvider`: such a function; `tokenUrl`: an address that answers with one. */
  constructor({ token = null, tokenProvider = null, tokenUrl = null, fetch = (...args) => globalThis.fetch(...args), clock = systemClock } = {}) {
    this.clock = clock;
    this.#token = typeof token === 'function' ? null : token;
    this.#subject = this.#token && subjectOf(this.#token);
    this.provide = tokenProvider ?? (typeof token === 'function' ? token : null) ?? (tokenUrl && (() => ask(tokenUrl, fetch)));
    this.signed = Boolean(this.#token || this.provide);
  }

  /** Certainly the same member, as both tokens say. */
  isOf(other) {
    return Boolean(this.#subject && !other?.switched && this.#subject === other?.#subject);
  }

  /** When its token has run out there will be no other. */
  get final() {
    return this.signed && !this.provide;
  }

  /** The token; undefined where a cookie says who we are; null when the host has none for us (any more). */
  async token() {
    return this.signed ? this.#token ?? this.#next() : undefined;
  }

  /** `stale` was refused: the one after it, or null. */
  async renew(stale) {
    if (this.#token === stale) {
      if (!this.provide) return null;
      this.#token = null;
    }
    return this.token();
  }

  /** However many ask at once, the host is asked once. */
  #next() {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #fetch() {
    const token = (await this.#inTime(this.provide())) || null;
    if (this.switched || !token) return null;
    this.#subject ??= subjectOf(token);
    this.switched = this.#subject !== subjectOf(token);
    this.#token = this.switched ? null : token;
    return this.#token;
  }

  #inTime(answer) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = this.clock.setTimeout(() => reject(new Error('no token in time')), PATIENCE);
    });
    return Promise.race([answer, late]).finally(() => this.clock.clearTimeout(timer));
  }
}

/** Whom a token speaks for; empty where it cannot be read, which is for the server to judge. */
function subjectOf(token) {
  try {
    return String(JSON.parse(atob(token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub);
  } catch {
    return '';
  }
}

async function ask(url, fetch) {
  const response = await fetch(url, { credentials: 'same-origin', cache: 'no-store' });
  if (response.status === 401 || response.status === 403) return null;
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return (await response.text()).trim();
}
