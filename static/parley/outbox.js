// What was written and is not yet known to be stored. It outlives the page: every message stands under
// a key of its own (so tabs never overwrite one another) and keeps its client_id for life (so that
// however often it is sent again, the server stores it once).
import { systemClock } from './clock.js';
import { newId } from './ids.js';
import { isPlace } from './place.js';
import { SafeStorage } from './storage.js';

/** More than anybody writes by hand while offline; a bound all the same. */
const LIMIT = 200;

export class Outbox {
  #items = new Map();
  #storage;
  order = 0;

  constructor(storage, scope, { clock = systemClock, limit = LIMIT, id = newId } = {}) {
    this.#storage = new SafeStorage(storage, `${scope}/outbox`);
    Object.assign(this, { clock, limit, id });
    this.refresh();
  }

  /** Takes in what other tabs have written; true when there was something new. */
  refresh() {
    const { size } = this;
    for (const item of this.#stored()) if (this.size < this.limit && !this.has(item.clientId)) this.#items.set(item.clientId, item);
    return this.size > size;
  }

  get size() {
    return this.#items.size;
  }

  /** The new item, or null when the outbox is full. */
  add(other, content) {
    if (this.size >= this.limit) return null;
    this.#stored();
    const item = { clientId: this.id(), other, content, time: this.clock.now(), order: ++this.order, error: 0 };
    this.#keep(item);
    return item;
  }

  has(clientId) {
    return this.#items.has(clientId);
  }

  /** In the order of writing. */
  items(other) {
    return [...this.#items.values()].filter((item) => other === undefined || item.other === other).sort(inOrder);
  }

  /** The server has it. */
  remove(clientId) {
    this.#storage.remove(clientId);
    return this.#items.delete(clientId);
  }

  /** The server will not take it as it is; the person decides what becomes of it. */
  fail(clientId, error) {
    this.update(clientId, { error });
  }

  retry(clientId) {
    this.update(clientId, { error: 0 });
  }

  update(clientId, change) {
    const item = this.#items.get(clientId);
    if (item) this.#keep({ ...item, ...change });
  }

  /** What any tab keeps. The order goes on from the last of it: a clock may be set back between two messages. */
  #stored() {
    const kept = this.#storage.keys().map((key) => this.#storage.get(key)).filter(isItem).sort(inOrder);
    this.order = Math.max(this.order, kept.at(-1)?.order ?? 0);
    return kept;
  }

  #keep(item) {
    this.#items.set(item.clientId, item);
    this.#storage.set(item.clientId, item);
  }
}

function inOrder(a, b) {
  return a.order - b.order || a.time - b.time;
}

function isItem(item) {
  return typeof item?.clientId === 'string' && isPlace(item.other) && typeof item.content === 'string'
    && Number.isFinite(item.time) && Number.isInteger(item.order) && Number.isInteger(item.error);
}
