// The last known state in sessionStorage, so that history is there before the network answers.
// Keyed by user and by conversation. When the store is full, the conversations not used for longest go first.
import { systemClock } from './clock.js';
import { SafeStorage } from './storage.js';

/** Messages kept per conversation: a few screens, and far from the 5 MB that browsers give. */
export const KEPT = 200;

export class Cache {
  #storage;

  constructor(storage, scope, { clock = systemClock } = {}) {
    this.#storage = new SafeStorage(storage, `${scope}/cache`);
    this.clock = clock;
  }

  get epoch() {
    return this.#storage.get('epoch');
  }

  set epoch(epoch) {
    this.#write('epoch', epoch);
  }

  readList() {
    const list = this.#storage.get('list');
    return Array.isArray(list) ? list : [];
  }

  writeList(list) {
    this.#write('list', list);
  }

  /** The entries of a conversation, oldest first, as the wire has them. */
  readLog(other) {
    const entries = this.#storage.get(`log/${other}`)?.entries;
    return Array.isArray(entries) ? entries : [];
  }

  writeLog(other, entries) {
    this.#write(`log/${other}`, { used: this.clock.now(), entries: entries.slice(-KEPT) });
  }

  removeLog(other) {
    this.#storage.remove(`log/${other}`);
  }

  /** Forgets everything of this user: the server's storage was replaced, or the person signed out. */
  clear() {
    for (const key of this.#storage.keys()) this.#storage.remove(key);
  }

  #write(key, value) {
    const victims = () => this.#oldestFirst().filter((log) => log !== key);
    while (!this.#storage.set(key, value)) {
      const [victim] = victims();
      if (victim === undefined) return this.#storage.remove(key);
      this.#storage.remove(victim);
    }
  }

  #oldestFirst() {
    const logs = this.#storage.keys('log/').map((key) => [key, this.#storage.get(key)?.used ?? 0]);
    return logs.sort((a, b) => a[1] - b[1]).map(([key]) => key);
  }
}
