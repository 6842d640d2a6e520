// The button that opens the emoji, and when they close: Escape, or when the focus goes elsewhere.
import { el } from './dom.js';
import { icon } from './icons.js';

export class Picking {
  #panel = null;

  /** `onPick(emoji)` inserts, `onClose()` takes the focus back. */
  constructor({ context: { t }, onPick, onClose }) {
    Object.assign(this, { t, onPick, onClose });
    this.button = el('button', { class: 'parley-iconbutton parley-smile', type: 'button', title: t('emoji'), 'aria-label': t('emoji'),
      'aria-expanded': 'false', on: { click: () => this.#toggle() } }, icon('smile'));
    this.node = el('div', { class: 'parley-picking', on: {
      keydown: (event) => this.#key(event),
      focusout: ({ relatedTarget }) => !this.node.contains(relatedTarget) && this.#show(false),
    } }, this.button);
  }

  get isOpen() {
    return this.#panel?.node.hidden === false;
  }

  async #toggle() {
    if (this.isOpen) return this.#show(false);
    try {
      this.#panel ??= await this.#load();
    } catch {
      return undefined; // the network is gone: whoever writes can do without
    }
    this.#show(true);
    return this.#panel.focus();
  }

  async #load() {
    const { pickerOf } = await import('./picker.js');
    const panel = pickerOf({ t: this.t, onPick: this.onPick });
    panel.node.hidden = true;
    this.node.append(panel.node);
    return panel;
  }

  #show(on) {
    if (!this.#panel) return;
    this.#panel.node.hidden = !on;
    this.button.setAttribute('aria-expanded', String(on));
  }

  #key(event) {
    if (event.key !== 'Escape' || !this.isOpen) return;
    event.preventDefault();
    event.stopPropagation();
    this.#show(false);
    this.onClose();
  }
}
