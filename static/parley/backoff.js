// Full-jitter backoff: the ceiling doubles from 1 s to 30 s, the wait is anywhere below it, so that
// a thousand clients that lost one server do not return in the same instant.
const FIRST_CEILING = 1_000;
const LAST_CEILING = 30_000;

export class Backoff {
  #attempt = 0;
  #random;

  constructor(random = Math.random) {
    this.#random = random;
  }

  /** Milliseconds to wait before the next attempt. */
  next() {
    const ceiling = Math.min(LAST_CEILING, FIRST_CEILING * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 10);
    return Math.round(this.#random() * ceiling);
  }

  reset() {
    this.#attempt = 0;
  }
}
