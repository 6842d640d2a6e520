// The HTTP side: history and people by POST /useropt, who somebody is by the REST API. Every failure is an ApiError.
import { LOGIN_FAILED, NO_NETWORK } from './codes.js';
import { requestTo } from './place.js';

const TIMEOUT = 15_000;
const ME = '/api/v1/me';

export class ApiError extends Error {
  constructor({ errorcode = NO_NETWORK, txt = 'no network', data = {} } = {}) {
    super(txt);
    Object.assign(this, { errorcode, data });
  }
}

export class Api {
  /** How often a token was found to have expired, and replaced. */
  renewals = 0;
  /** Called when the server does not take us for who we are, or not any more. */
  refused = () => undefined;

  /**
   * `token` gives a bearer token, nothing where the cookie of our own origin says who we are, and null where
   * nobody is signed in; `renew(stale)` gives the one after that. A cookie may become another's behind our
   * back: the server then answers nothing that is meant for `userId`.
   */
  constructor({ baseUrl = '', userId, token = () => undefined, renew = () => null, fetch = (...args) => globalThis.fetch(...args) } = {}) {
    Object.assign(this, { baseUrl, userId, token, renew, fetch });
  }

  /** `place`: with whom, or in which room. */
  history(place, { before, after, limit } = {}) {
    return this.#useropt(...requestTo(place, 'realtime-chat', { before, after, limit }));
  }

  /** The public rooms, or those I am in. */
  rooms({ before, limit, joined } = {}) {
    return this.#useropt('rooms', { before, limit, joined });
  }

  openRoom(room) {
    return this.#useropt('room-open', { room });
  }

  recentUsers({ before, limit } = {}) {
    return this.#useropt('recent-users', { before, limit });
  }

  async searchUsers(query) {
    return (await this.#useropt('search-users', { query, limit: 20 })).users;
  }

  user(id) {
    return this.call('GET', `/api/v1/users/${id}`);
  }

  /** The user of exactly this name, or null. */
  async userNamed(username) {
    const { users } = await this.call('GET', `/api/v1/users?username=${encodeURIComponent(username)}`);
    return users?.[0] ?? null;
  }

  /** The signed-in user, whoever that is, or null when nobody is. */
  me() {
    return this.call('GET', ME).catch((error) => {
      if (error.errorcode === LOGIN_FAILED) return null;
      throw error;
    });
  }

  #useropt(opt, data) {
    return this.call('POST', '/useropt', { opt, data });
  }

  /** The `data` of the answer. */
  async call(method, path, body) {
    const packet = await this.#ask(method, path, body).catch(() => undefined);
    if (packet?.errorcode === LOGIN_FAILED && path !== ME) this.refused();
    if (!packet || packet.errorcode < 0) throw new ApiError(packet);
    return packet.data ?? {};
  }

  /** A token that has expired meanwhile costs one repetition, no more. */
  async #ask(method, path, body) {
    const token = await this.token();
    const packet = await this.#fetch(token, method, path, body);
    if (!token || packet?.errorcode !== LOGIN_FAILED) return packet;
    const next = await this.renew(token);
    if (!next || next === token) return packet;
    this.renewals += 1;
    return this.#fetch(next, method, path, body);
  }

  async #fetch(token, method, path, body) {
    if (token === null) return { errorcode: LOGIN_FAILED, txt: 'no token' };
    const who = token ? { Authorization: `Bearer ${token}` } : path !== ME && this.userId && { 'Parley-User': this.userId };
    const headers = { 'Content-Type': 'application/json', ...who };
    const response = await this.fetch(this.baseUrl + path, {
      method, headers, body: body && JSON.stringify(body),
      credentials: token ? 'omit' : 'same-origin', signal: AbortSignal.timeout(TIMEOUT),
    });
    const packet = await response.json();
    return Number.isInteger(packet?.errorcode) ? packet : undefined;
  }
}
