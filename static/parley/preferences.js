// What a person has set for themselves in this browser. Read anew each time: another tab may have changed it.
import { SafeStorage } from './storage.js';

/** Nothing is stored before something is changed. */
const AT_FIRST = Object.freeze({ sound: true, notices: false });

export class Preferences {
  #held = {};

  constructor(storage, scope) {
    this.storage = new SafeStorage(storage, `${scope}/preference`);
  }

  get(name) {
    const stored = this.storage.get(name);
    return typeof stored === 'boolean' ? stored : this.#held[name] ?? AT_FIRST[name];
  }

  /** Where there is no room for it, what stood there before must not speak either. */
  set(name, on) {
    this.#held[name] = on;
    if (!this.storage.set(name, on)) this.storage.remove(name);
  }
}
