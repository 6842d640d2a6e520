// Time as a thing that can be handed in: tests turn the hands themselves and never wait.
export const systemClock = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => globalThis.setTimeout(callback, ms),
  clearTimeout: (id) => globalThis.clearTimeout(id),
};

/** The server's time, as far as this machine can tell: what people read must not depend on a clock that is wrong. */
export class ServerClock {
  #ahead = 0;

  constructor(clock = systemClock) {
    this.clock = clock;
  }

  /** The server says what time it is. One that does not leaves us with our own. */
  follow(time) {
    if (Number.isSafeInteger(time)) this.#ahead = time - this.clock.now();
  }

  now() {
    return this.clock.now() + this.#ahead;
  }

  setTimeout(callback, ms) {
    return this.clock.setTimeout(callback, ms);
  }

  clearTimeout(id) {
    this.clock.clearTimeout(id);
  }
}
