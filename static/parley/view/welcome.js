// What stands in the main part while no conversation does.
import { el } from './dom.js';
import { icon } from './icons.js';
import { skeleton } from './rows.js';

export class WelcomeView {
  /** `single`: there is no list to choose from. */
  constructor({ context: { t }, single, onFind }) {
    Object.assign(this, { t, single, onFind });
    this.node = el('div', { class: 'parley-empty parley-empty--main' });
    this.show('choose');
  }

  /** `choose` somebody; `coming`: who it is is being asked for; `nobody`: there is no such person. */
  show(what) {
    this.node.classList.toggle('parley-empty--coming', what === 'coming');
    this.node.replaceChildren(...(what === 'coming' ? [skeleton()] : [icon('talk'), ...this.#words(what)]));
  }

  #words(what) {
    const { t } = this;
    if (what === 'nobody') return [el('p', { role: 'status' }, t('with_nobody'))];
    const title = el('p', { class: 'parley-empty-title' }, t('welcome_title'));
    if (this.single) return [title];
    const find = el('button', { class: 'parley-button', type: 'button', on: { click: this.onFind } }, t('find_person'));
    return [title, el('p', {}, t('welcome_text')), find];
  }
}
