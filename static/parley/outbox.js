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

  constructor(storage, scope, { clock = systemClock, limit = LIMIT, id = newId } = {}) {
    this.#storage = new SafeStorage(storage, `${scope}/outbox`);
    Object.assign(this, { clock, limit, id });
    const kept = this.#storage.keys().map((key) => this.#storage.get(key)).filter(isItem);
    kept.sort((a, b) => a.time - b.time || a.order - b.order);
    for (const item of kept.slice(0, limit)) this.#items.set(item.clientId, item);
    this.order = Math.max(0, ...kept.map((item) => item.order));
  }

  get size() {
    return this.#items.size;
  }

  /** The new item, or null when the outbox is full. */
  add(other, content) {
    if (this.size >= this.limit) return null;
    const item = { clientId: this.id(), other, content, time: this.clock.now(), order: ++this.order, error: 0 };
    this.#keep(item);
    return item;
  }

  has(clientId) {
    return this.#items.has(clientId);
  }

  /** In the order of writing. */
  items(other) {
    return [...this.#items.values()].filter((item) => other === undefined || item.other === other);
  }

  /** The server has it. */
  remove(clientId) {
    this.#storage.remove(clientId);
    return this.#items.delete(clientId);
  }

  /** The server will not take it as it is; the person decides what becomes of it. */
  fail(clientId, errorcode) {
    this.#update(clientId, { error: errorcode });
  }

  retry(clientId) {
    this.#update(clientId, { error: 0 });
  }

  /** What was meant for there belongs here. */
  move(there, here) {
    for (const { clientId } of this.items(there)) this.#update(clientId, { other: here });
  }

  #update(clientId, changes) {
    const item = this.#items.get(clientId);
    if (item) this.#keep({ ...item, ...changes });
  }

  #keep(item) {
    this.#items.set(item.clientId, item);
    this.#storage.set(item.clientId, item);
  }
}

function isItem(item) {
  return typeof item?.clientId === 'string' && isPlace(item.other) && typeof item.content === 'string'
    && Number.isFinite(item.time) && Number.isInteger(item.order) && Number.isInteger(item.error);
}
