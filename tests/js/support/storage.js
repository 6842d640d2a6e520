// Web Storage in memory, with a quota when one is named.
import './webcrypto.js';

export class FakeStorage {
  #items = new Map();

  constructor({ quota = Infinity } = {}) {
    this.quota = quota;
  }

  get length() {
    return this.#items.size;
  }

  key(index) {
    return [...this.#items.keys()][index] ?? null;
  }

  getItem(key) {
    return this.#items.get(key) ?? null;
  }

  setItem(key, value) {
    const used = [...this.#items].reduce((sum, [name, held]) => (name === key ? sum : sum + name.length + held.length), 0);
    if (used + key.length + value.length > this.quota) throw new Error('QuotaExceededError');
    this.#items.set(key, value);
  }

  removeItem(key) {
    this.#items.delete(key);
  }
}

/** What a browser gives that was told to store nothing. */
export const forbiddenStorage = {
  get length() { throw new Error('SecurityError'); },
  key() { throw new Error('SecurityError'); },
  getItem() { throw new Error('SecurityError'); },
  setItem() { throw new Error('SecurityError'); },
  removeItem() { throw new Error('SecurityError'); },
};
