// A clock whose hands the test turns. Timers due on the way run in their order, promises in between.
export class FakeClock {
  #now = 1_763_632_800_000;
  #timers = new Map();
  #ids = 0;

  now = () => this.#now;

  setTimeout = (callback, ms = 0) => {
    this.#timers.set(++this.#ids, { callback, at: this.#now + Math.max(0, ms) });
    return this.#ids;
  };

  clearTimeout = (id) => {
    this.#timers.delete(id);
  };

  /** Somebody sets the clock; what waits goes on waiting as long as it was to. */
  jump(ms) {
    this.#now += ms;
    for (const timer of this.#timers.values()) timer.at += ms;
  }

  get pending() {
    return this.#timers.size;
  }

  async tick(ms) {
    const end = this.#now + ms;
    await settled();
    for (let due = this.#next(end); due; due = this.#next(end)) {
      const [id, { callback, at }] = due;
      this.#timers.delete(id);
      this.#now = at;
      callback();
      await settled();
    }
    this.#now = end;
  }

  #next(end) {
    const due = [...this.#timers].filter(([, { at }]) => at <= end);
    return due.sort(([a, x], [b, y]) => x.at - y.at || a - b)[0];
  }
}

/** Lets every promise that can go on do so. */
export async function settled() {
  await new Promise((resolve) => setImmediate(resolve));
}
