// The button that opens the emoji, and the panel they come in, which is loaded when it is first opened. It
// closes by Escape, or when the focus goes elsewhere.
import { el } from './dom.js';
import { icon } from './icons.js';

export class Picking {
  #picker = null;
  #round = 0;

  /** `onPick(emoji)` inserts, `onClose()` takes the focus back. `panel` is put where there is room for it. */
  constructor({ context, onPick, onClose }) {
    Object.assign(this, { context, onPick, onClose });
    const { t } = context;
    const on = { keydown: (event) => this.#key(event), focusout: (event) => this.#left(event) };
    this.button = el('button', { class: 'parley-iconbutton parley-smile', type: 'button', title: t('emoji'), 'aria-label': t('emoji'),
      'aria-haspopup': 'dialog', 'aria-expanded': 'false', on: { ...on, click: () => this.#toggle() } }, icon('smile'));
    this.panel = el('div', { class: 'parley-picker', role: 'dialog', 'aria-label': t('emoji'), tabindex: '-1', hidden: true, on });
  }

  get isOpen() {
    return !this.panel.hidden;
  }

  /** What is still on its way finds nobody here. */
  stop() {
    this.#round += 1;
  }

  #toggle() {
    if (this.isOpen) return this.#show(false);
    this.#show(true);
    this.panel.focus({ preventScroll: true });
    return this.#picker ? this.#picker.open() : this.#load();
  }

  async #load() {
    const round = ++this.#round;
    this.#fill(el('div', { class: 'parley-loading', role: 'status', 'aria-label': this.context.t('loading') }, el('span', { class: 'parley-spinner' })));
    const loaded = await this.context.emoji.load().catch(() => null);
    if (round !== this.#round) return;
    if (loaded) this.#arrived(loaded);
    else this.#failed();
  }

  #arrived({ pickerOf, groups }) {
    const { context, onPick, panel } = this;
    this.#picker = pickerOf({ context, groups, onPick, root: panel.getRootNode() });
    this.#fill(this.#picker.node);
    if (this.isOpen) this.#picker.open();
  }

  #failed() {
    const { t } = this.context;
    const retry = el('button', { class: 'parley-link', type: 'button', on: { click: () => this.#load() } }, t('retry'));
    this.#fill(el('div', { class: 'parley-empty', role: 'alert' }, el('p', {}, t('emoji_failed')), retry));
    if (this.isOpen) retry.focus();
  }

  /** Whoever was in there stays in there. */
  #fill(node) {
    if (this.isOpen) this.panel.focus({ preventScroll: true });
    this.panel.replaceChildren(node);
  }

  #show(on) {
    this.panel.hidden = !on;
    this.button.setAttribute('aria-expanded', String(on));
  }

  #left({ relatedTarget }) {
    const elsewhere = relatedTarget ? relatedTarget !== this.button && !this.panel.contains(relatedTarget) : document.hasFocus();
    if (elsewhere) this.#show(false);
  }

  #key(event) {
    if (event.key !== 'Escape' || event.isComposing || !this.isOpen) return;
    event.preventDefault();
    event.stopPropagation();
    this.#show(false);
    this.onClose();
  }
}
