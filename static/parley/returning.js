// Who was in a room when the connection was lost: for a while their coming back is no news.

/** The longest wait between two tries to connect (30 s), and the way back. */
const RETURN = 35_000;

export class Returning {
  #until = new Map();

  /** These were in. Who is still awaited from a connection before stays so: the line may be lost twice. */
  expect(ids, now) {
    for (const [id, until] of this.#until) if (until <= now) this.#until.delete(id);
    for (const id of ids) this.#until.set(id, now + RETURN);
  }

  has(id, now) {
    return now < (this.#until.get(id) ?? 0);
  }

  /** They went, and were seen to: when they come, that is news. */
  forget(id) {
    this.#until.delete(id);
  }
}
