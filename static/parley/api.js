// The HTTP side: history and people by POST /useropt, accounts by the REST API. Every failure is an ApiError.
import { LOGIN_FAILED, NO_NETWORK } from './codes.js';

const TIMEOUT = 15_000;

export class ApiError extends Error {
  constructor({ errorcode = NO_NETWORK, txt = 'no network', data = {} } = {}) {
    super(txt);
    Object.assign(this, { errorcode, data });
  }
}

export class Api {
  /** `token` gives a bearer token, or nothing where the cookie of our own origin says who we are. */
  constructor({ baseUrl = '', token = () => undefined, fetch = (...args) => globalThis.fetch(...args) } = {}) {
    Object.assign(this, { baseUrl, token, fetch });
  }

  history(other, { before, after, limit } = {}) {
    return this.#useropt('realtime-chat', { other, before, after, limit });
  }

  recentUsers({ before, limit } = {}) {
    return this.#useropt('recent-users', { before, limit });
  }

  async searchUsers(query) {
    return (await this.#useropt('search-users', { query, limit: 20 })).users;
  }

  user(id) {
    return this.#call('GET', `/api/v1/users/${id}`);
  }

  /** The signed-in user, or null when nobody is. */
  me() {
    return this.#call('GET', '/api/v1/me').catch((error) => {
      if (error.errorcode === LOGIN_FAILED) return null;
      throw error;
    });
  }

  signIn(username, password) {
    return this.#call('POST', '/api/v1/session', { username, password });
  }

  register(username, password, nickname) {
    return this.#call('POST', '/api/v1/users', { username, password, nickname: nickname || undefined });
  }

  signInAsGuest(nickname) {
    return this.#call('POST', '/api/v1/guests', { nickname: nickname || undefined });
  }

  signOut() {
    return this.#call('DELETE', '/api/v1/session');
  }

  #useropt(opt, data) {
    return this.#call('POST', '/useropt', { opt, data });
  }

  async #call(method, path, body) {
    const packet = await this.#fetch(method, path, body).catch(() => undefined);
    if (!packet || packet.errorcode < 0) throw new ApiError(packet);
    return packet.data ?? {};
  }

  async #fetch(method, path, body) {
    const token = await this.token();
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
    const response = await this.fetch(this.baseUrl + path, {
      method, headers, body: body && JSON.stringify(body),
      credentials: token ? 'omit' : 'same-origin', signal: AbortSignal.timeout(TIMEOUT),
    });
    const packet = await response.json();
    return Number.isInteger(packet?.errorcode) ? packet : undefined;
  }
}
