// What was begun and not sent, for each conversation. Kept in the tab's storage, so that a reload loses
// nothing and another tab's draft stays its own; only so many, the longest untouched go first.
import { CONTENT_LIMIT } from './codes.js';
import { systemClock } from './clock.js';
import { isPlace } from './place.js';
import { SafeStorage } from './storage.js';

const KEPT = 50;
/** In UTF-16 units: room for a message that is far too long and about to be shortened. */
const LONGEST = 4 * CONTENT_LIMIT;

export class Drafts {
  #held = new Map();

  constructor(storage, scope, { clock = systemClock, kept = KEPT } = {}) {
    this.storage = new SafeStorage(storage, `${scope}/draft`);
    Object.assign(this, { clock, kept });
    const stored = this.storage.keys().map((key) => [Number(key) || key, this.storage.get(key)]);
    for (const [id, draft] of stored.filter(isDraft).sort((a, b) => a[1].time - b[1].time)) this.#held.set(id, draft.text);
  }

  of(id) {
    return this.#held.get(id) ?? '';
  }

  keep(id, text) {
    if (this.of(id) === text) return;
    this.#drop(id);
    if (text.trim() === '') return;
    this.#held.set(id, text);
    this.storage.set(id, { text: text.slice(0, LONGEST), time: this.clock.now() });
    if (this.#held.size > this.kept) this.#drop(this.#held.keys().next().value);
  }

  /** What was begun there belongs here, below what was begun here. */
  move(there, here) {
    this.keep(here, [here, there].map((id) => this.of(id)).filter(Boolean).join('\n'));
    this.#drop(there);
  }

  #drop(id) {
    if (this.#held.delete(id)) this.storage.remove(id);
  }
}

function isDraft([id, draft]) {
  return isPlace(id) && typeof draft?.text === 'string' && Number.isFinite(draft.time);
}
