// Says when we are not connected, why, and when we try again. Silent while all is well.
import { CLOSED_IDENTITY, CLOSED_TOO_MANY } from '../codes.js';
import { el, setText } from './dom.js';

/** A connection that comes back within this needs no word. */
const PATIENCE = 700;

export class StatusView {
  #timer = null;
  #status = null;
  #lost = false;

  /** `onBack`: a connection that was said to be gone is there again, and nothing is missing any more. */
  constructor({ context, onRetry, onBack }) {
    Object.assign(this, { context, onBack });
    this.text = el('span', { role: 'status' });
    this.retry = el('button', { class: 'parley-link', type: 'button', on: { click: onRetry } }, context.t('connect_now'));
    this.node = el('div', { class: 'parley-status', hidden: true }, this.text, this.retry);
  }

  /** `final`: a sign-in that has expired cannot be renewed. */
  show(status, final) {
    this.#status = { ...status, lasting: final && status.code === CLOSED_IDENTITY };
    this.node.dataset.state = status.state;
    if (status.state === 'online') this.#hide();
    else if (!this.node.hidden) this.#say();
    else this.#timer ??= this.context.clock.setTimeout(() => this.#say(), PATIENCE);
  }

  stop() {
    this.context.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #hide() {
    this.stop();
    if (!this.node.hidden && this.#lost) this.onBack();
    this.#lost = false;
    this.node.hidden = true;
    setText(this.text, '');
  }

  #say() {
    this.stop();
    const { state, lasting } = this.#status;
    this.node.hidden = false;
    this.#lost ||= state === 'waiting';
    this.retry.hidden = lasting || (state !== 'waiting' && state !== 'refused');
    setText(this.text, this.#sentence());
  }

  #sentence() {
    const { t } = this.context;
    const { state, code } = this.#status;
    if (state === 'catching-up') return t('status_catching_up');
    if (state === 'waiting') return t('status_offline');
    if (state === 'refused') return code === CLOSED_TOO_MANY ? t('status_too_many') : t('status_signed_out');
    return t('status_connecting');
  }
}
