// A bubble in the corner that says how much is unread, and the panel that it opens.
import { el } from './dom.js';
import { icon } from './icons.js';
import { Keyboard } from './keyboard.js';

export class PopupView {
  #before = null;

  /** `face` is what stands in the panel; `onOpen` is called when it can be seen. */
  constructor({ context: { t }, locale, direction, face, onOpen }) {
    Object.assign(this, { t, onOpen });
    this.badge = el('span', { class: 'parley-badge', 'aria-hidden': 'true', hidden: true });
    this.button = el('button', { class: 'parley-launcher', type: 'button', 'aria-label': t('conversations'), 'aria-haspopup': 'dialog',
      'aria-expanded': 'false', on: { click: () => this.toggle() } }, icon('talk'), icon('clear'));
    const shut = el('button', { class: 'parley-iconbutton', type: 'button', 'aria-label': t('close'), on: { click: () => this.close() } }, icon('clear'));
    this.panel = el('div', { class: 'parley-panel', role: 'dialog', 'aria-label': t('conversations'), hidden: true,
      on: { keydown: (event) => this.#key(event) } },
      el('div', { class: 'parley-panel-bar' }, shut), face);
    this.keyboard = new Keyboard(this.panel);
    this.node = el('div', { class: 'parley-popup', lang: locale, dir: direction }, this.panel, this.button, this.badge);
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  toggle() {
    if (this.isOpen) this.close();
    else this.open();
  }

  open() {
    if (this.isOpen) return;
    const root = this.node.getRootNode();
    const focused = document.activeElement;
    this.#before = focused === document.body || focused === root.host ? this.button : focused;
    this.#show(true);
    this.onOpen();
  }

  close() {
    if (!this.isOpen) return;
    const within = this.panel.contains(this.node.getRootNode().activeElement);
    this.#show(false);
    if (within) (this.#before?.isConnected ? this.#before : this.button).focus();
    this.#before = null;
  }

  destroy() {
    this.keyboard.stop();
    this.node.remove();
  }

  /** The number of unread messages. */
  show(unread) {
    this.badge.hidden = unread === 0;
    const shown = unread > 99 ? '99+' : String(unread);
    this.badge.textContent = shown; // the button says it to those who listen
    this.button.setAttribute('aria-label', unread ? `${this.t('conversations')}, ${this.t('unread', { count: unread })}` : this.t('conversations'));
  }

  #show(on) {
    this.panel.hidden = !on;
    if (on) this.keyboard.watch();
    else this.keyboard.stop();
    this.button.setAttribute('aria-expanded', String(on));
  }

  /** What Escape closes inside of us has been closed before, and kept it from coming here. */
  #key(event) {
    if (event.key !== 'Escape' || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }
}
