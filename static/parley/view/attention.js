// Whether anybody looks at the page, and the moments at which that or the network changes.

export class Attention {
  #abort = new AbortController();

  /** `onSeen(visible)`: whenever the page is hidden or shown again. */
  constructor({ onLook, onWake, onOffline, onSeen }) {
    const { signal } = this.#abort;
    window.addEventListener('focus', onLook, { signal });
    window.addEventListener('online', onWake, { signal });
    window.addEventListener('offline', onOffline, { signal });
    document.addEventListener('visibilitychange', () => {
      onSeen(this.isVisible);
      if (!this.isVisible) return;
      onWake();
      onLook();
    }, { signal });
  }

  get isVisible() {
    return document.visibilityState === 'visible';
  }

  get isLooking() {
    return this.isVisible && document.hasFocus();
  }

  stop() {
    this.#abort.abort();
  }
}
