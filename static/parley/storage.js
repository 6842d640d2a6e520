// A view on Web Storage under one prefix that never throws: storage may be full, switched off by the
// browser, or edited by anybody, and a messenger has to work all the same.
export const PREFIX = 'parley/';

export class SafeStorage {
  constructor(storage, scope) {
    this.storage = storage;
    this.prefix = `${PREFIX}${scope}/`;
  }

  get(key) {
    try {
      return JSON.parse(this.storage.getItem(this.prefix + key));
    } catch {
      return null;
    }
  }

  /** True when it was stored. */
  set(key, value) {
    try {
      this.storage.setItem(this.prefix + key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  remove(key) {
    try {
      this.storage.removeItem(this.prefix + key);
    } catch {
      // Nothing can have been stored there either.
    }
  }

  /** Our keys that begin with `start`, without the prefix. */
  keys(start = '') {
    return keysOf(this.storage, this.prefix + start).map((key) => key.slice(this.prefix.length));
  }
}

/** Of one user on one server. */
export function scopeOf(baseUrl, userId) {
  return `${baseUrl}/${userId}`;
}

/** Where the browser forbids storing, already the asking fails. */
export function storageOf(name) {
  try {
    return globalThis[name];
  } catch {
    return null;
  }
}

/** Removes everything of ours, of whichever user: what signing out has to do; or of this scope alone. */
export function wipe(storage, scope) {
  for (const key of keysOf(storage, scope ? `${PREFIX}${scope}/` : PREFIX)) storage.removeItem(key);
}

/** The same, wherever this browser keeps anything. */
export function wipeBrowser(scope, kinds = ['session', 'local']) {
  for (const kind of kinds) wipe(storageOf(`${kind}Storage`), scope);
}

function keysOf(storage, start) {
  try {
    const keys = [];
    for (let index = 0; index < storage.length; index += 1) keys.push(storage.key(index)); // not Array.from(): Prototype has its own
    return keys.filter((key) => key.startsWith(start));
  } catch {
    return [];
  }
}
