// Where one writes. Enter sends, Shift+Enter begins a line; the draft of each conversation is kept.
import { charactersLeft, isBlank, withoutEmptyEnds } from '../content.js';
import { el } from './dom.js';
import { icon } from './icons.js';
import { Picking } from './picking.js';

/** From here on the writer is told how much room is left. */
const WARN = 500;
const TALLEST = 160;

export class ComposerView {
  #id = null;

  constructor({ context, onSend, onTyped }) {
    Object.assign(this, { context, onSend, onTyped });
    const { t } = context;
    this.input = el('textarea', {
      class: 'parley-input', rows: '1', dir: 'auto', placeholder: t('write'), 'aria-label': t('write'), enterkeyhint: 'send',
      on: { input: () => this.#typed(), keydown: (event) => this.#key(event), blur: () => this.onTyped('') },
    });
    this.left = el('span', { class: 'parley-left', role: 'status' });
    this.button = el('button', { class: 'parley-send', type: 'submit', 'aria-label': t('send') }, icon('send'));
    this.picking = new Picking({ context, onPick: (emoji) => this.#insert(emoji), onClose: () => this.input.focus() });
    this.node = el('form', { class: 'parley-composer', on: { submit: (event) => this.#submit(event) } }, this.picking.button, this.input, this.left, this.button);
    this.#measure();
  }

  /** Belongs to this conversation from now on. */
  show(id) {
    this.#id = id;
    this.input.value = this.context.drafts.of(id);
    this.#measure();
  }

  stop() {
    this.picking.stop();
  }

  focus() {
    this.input.focus({ preventScroll: true });
  }

  #typed() {
    this.context.drafts.keep(this.#id, this.input.value);
    this.#measure();
    this.onTyped(this.input.value);
  }

  /** Where the caret is, or in place of what is selected. */
  #insert(text) {
    this.input.setRangeText(text, this.input.selectionStart, this.input.selectionEnd, 'end');
    this.#typed();
  }

  #key(event) {
    // 229: browsers that end a composition with the very Enter that confirms it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.node.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    if (!this.#sendable() || !this.onSend(withoutEmptyEnds(this.input.value))) return;
    this.input.value = '';
    this.context.drafts.keep(this.#id, '');
    this.#measure();
    this.focus();
  }

  #sendable() {
    return !isBlank(this.input.value) && charactersLeft(this.input.value) >= 0;
  }

  #measure() {
    const left = charactersLeft(this.input.value);
    const room = left < 0 ? 'characters_over' : 'characters_left';
    this.left.textContent = left < WARN ? this.context.t(room, { count: Math.abs(left) }) : '';
    this.left.classList.toggle('parley-left--over', left < 0);
    this.button.disabled = !this.#sendable();
    // Room enough meanwhile: messages that got more of it, if only for this moment, would lose their place.
    this.node.style.minHeight = `${2 * TALLEST}px`;
    this.input.style.height = 'auto';
    this.input.style.height = `${Math.min(TALLEST, this.input.scrollHeight)}px`;
    this.node.style.minHeight = '';
  }
}
