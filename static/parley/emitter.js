// A minimal event source. Every part of the widget's logic tells its news through one of these.
export class Emitter {
  #listeners = new Map();

  /** Calls `listener` at every `name`; returns the function that ends it. */
  on(name, listener) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit(name, ...details) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...details);
  }

  removeAll() {
    this.#listeners.clear();
  }
}
