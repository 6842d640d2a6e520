// Reads new messages out to those who listen instead of looking. Apart from the log itself, which
// would read out every older page that is loaded into it.
import { el } from './dom.js';

export class Announcer {
  constructor() {
    this.node = el('div', { class: 'parley-hidden', 'aria-live': 'polite' });
  }

  say(text) {
    this.node.replaceChildren(el('p', {}, text));
  }
}
