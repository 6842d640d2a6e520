// Web Storage that keeps nothing before it is allowed to: a visitor who only looks at a page that embeds
// us has stored nothing there. Until then what is written is remembered here, and gone with the page.
import { PREFIX } from './storage.js';

export class HeldStorage {
  #storage;
  #held = new Map();
  #allowed;

  /** Who used the messenger here before has already let it store. */
  constructor(storage) {
    this.#storage = storage;
    this.#allowed = attempt(() => Object.keys(storage).some((key) => key.startsWith(PREFIX))) ?? false;
  }

  allow() {
    if (this.#allowed) return;
    this.#allowed = true;
    for (const [key, value] of this.#held) attempt(() => this.#storage.setItem(key, value));
    this.#held.clear();
  }

  get length() {
    return this.#place.length;
  }

  key(index) {
    return this.#place.key(index);
  }

  getItem(key) {
    return this.#place.getItem(key);
  }

  setItem(key, value) {
    this.#place.setItem(key, value);
  }

  removeItem(key) {
    this.#place.removeItem(key);
  }

  get #place() {
    return this.#allowed ? this.#storage : this.#memory;
  }

  #memory = {
    held: this.#held,
    get length() { return this.held.size; },
    key(index) { return [...this.held.keys()][index] ?? null; },
    getItem(key) { return this.held.get(key) ?? null; },
    setItem(key, value) { this.held.set(key, value); },
    removeItem(key) { this.held.delete(key); },
  };
}

/** Reaching for the storage may already throw where the browser forbids it. */
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}
