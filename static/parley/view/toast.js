// A short word at the edge that goes away by itself. The newest replaces the one before.
import { el } from './dom.js';

const SHOWN = 4_000;

export class ToastView {
  #timer = null;

  constructor({ context }) {
    this.context = context;
    this.node = el('div', { class: 'parley-toasts', role: 'status' });
  }

  say(text) {
    this.stop();
    this.node.replaceChildren(el('div', { class: 'parley-toast', dir: 'auto' }, text));
    this.#timer = this.context.clock.setTimeout(() => this.node.replaceChildren(), SHOWN);
  }

  stop() {
    this.context.clock.clearTimeout(this.#timer);
  }
}
