// Who speaks: a token that the host's back end signed, and another one when it has run out; or none, and
// the cookie of our own origin says it.

export class Identity {
  #token;
  #asking = null;

  /** `token`: text, or a function that gives one; `tokenProvider`: such a function; `tokenUrl`: an address that answers with one. */
  constructor({ token = null, tokenProvider = null, tokenUrl = null, fetch = (...args) => globalThis.fetch(...args) } = {}) {
    this.#token = typeof token === 'function' ? null : token;
    this.provide = tokenProvider ?? (typeof token === 'function' ? token : null) ?? (tokenUrl && (() => ask(tokenUrl, fetch)));
    this.signed = Boolean(this.#token || this.provide);
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
    this.#token = (await this.provide?.()) || null;
    return this.#token;
  }
}

async function ask(url, fetch) {
  const response = await fetch(url, { credentials: 'same-origin', cache: 'no-store' });
  if (response.status === 401 || response.status === 403) return null;
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  return (await response.text()).trim();
}
