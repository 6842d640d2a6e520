// The keyboard of a phone covers the lower part of a page without making the page smaller: what fills the
// screen has to be told how much of it can be seen. The style sheet uses it where the panel is the screen.

export class Keyboard {
  #ending = null;

  constructor(node) {
    this.node = node;
  }

  watch() {
    this.stop();
    const seen = globalThis.visualViewport;
    if (!seen) return;
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    for (const type of ['resize', 'scroll']) seen.addEventListener(type, () => this.#fit(seen), { signal });
    this.#fit(seen);
  }

  stop() {
    this.#ending?.abort();
    this.#ending = null;
    this.#set(null, null);
  }

  /** Whoever zooms in with two fingers sees less as well, but of the same panel. */
  #fit({ scale, height, offsetTop }) {
    if (Math.abs(scale - 1) > 0.01) this.#set(null, null);
    else this.#set(`${height}px`, `${offsetTop}px`);
  }

  #set(height, top) {
    this.node.style.setProperty('--parley-seen-height', height);
    this.node.style.setProperty('--parley-seen-top', top);
  }
}
