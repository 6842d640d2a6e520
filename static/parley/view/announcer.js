// Reads new messages out to those who listen instead of looking. Apart from the log itself, which
// would read out every older page that is loaded into it.
import { el } from './dom.js';

/** Long enough to be taken up; later it would only be found a second time. */
const KEPT = 5_000;
const MOST = 20;

export class Announcer {
  #timer = null;

  constructor({ clock }) {
    this.clock = clock;
    this.node = el('div', { class: 'parley-hidden', 'aria-live': 'polite' });
  }

  /** Beside what was said just before: whatever is replaced at once is never read out. */
  say(text) {
    this.stop();
    this.node.append(el('p', {}, text));
    if (this.node.childElementCount > MOST) this.node.firstChild.remove();
    this.#timer = this.clock.setTimeout(() => this.node.replaceChildren(), KEPT);
  }

  stop() {
    this.clock.clearTimeout(this.#timer);
  }
}
