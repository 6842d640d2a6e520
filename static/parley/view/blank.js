// What stands in a thread without messages: that one could write, or that they could not be loaded.
import { el } from './dom.js';

export class BlankView {
  constructor({ context: { t }, onRetry }) {
    Object.assign(this, { t, onRetry });
    this.node = el('div', { class: 'parley-empty', hidden: true });
  }

  show({ person: { name }, isRoom }, failed) {
    const { t, onRetry } = this;
    const text = failed ? t('history_failed') : t(isRoom ? 'room_empty' : 'thread_empty', { name });
    const retry = el('button', { class: 'parley-link', type: 'button', on: { click: onRetry } }, t('retry'));
    this.node.replaceChildren(el('p', { dir: 'auto' }, text), ...(failed ? [retry] : []));
  }
}
