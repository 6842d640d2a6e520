// Those of whom we have only the id: while it is asked who they are, news of them wait for a name to be told by.

/** Not for ever: then it is told by the id. */
const PATIENCE = 2_000;

export class Strangers {
  #waits = new Map();
  #timers = new Set();

  /** `ask(id)` finds out who it is, and never fails. */
  constructor({ ask, clock }) {
    Object.assign(this, { ask, clock });
  }

  meet(id) {
    const wait = Promise.race([this.ask(id), this.#patience()]).then(() => this.#waits.delete(id));
    this.#waits.set(id, wait);
  }

  /** Runs it at once for whoever is known; for others later, one after the other. */
  tell(id, run) {
    const wait = this.#waits.get(id);
    if (wait) wait.then(run);
    else run();
  }

  stop() {
    for (const timer of this.#timers) this.clock.clearTimeout(timer);
  }

  #patience() {
    return new Promise((resolve) => this.#timers.add(this.clock.setTimeout(resolve, PATIENCE)));
  }
}
