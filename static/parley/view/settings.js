// What one can set: a button beside one's own name, and a few switches below it.
import { el } from './dom.js';
import { icon } from './icons.js';
import { askForNotices, mayNotify } from './notices.js';

export class SettingsView {
  constructor({ context, say }) {
    Object.assign(this, { context, say });
    const { t } = context;
    this.button = el('button', { class: 'parley-iconbutton', type: 'button', title: t('settings'), 'aria-label': t('settings'),
      'aria-expanded': 'false', on: { click: () => this.#toggle() } }, icon('bell'));
    this.node = el('div', { class: 'parley-settings', role: 'group', 'aria-label': t('settings'), hidden: true,
      on: { keydown: (event) => this.#key(event) } },
    this.#choice('sound', t('setting_sound')), this.#choice('notices', t('setting_notices')));
  }

  #choice(name, label) {
    const { preferences } = this.context;
    const box = el('input', { type: 'checkbox', role: 'switch', name, on: { change: () => this.#changed(name, box) } });
    box.checked = preferences.get(name) && (name !== 'notices' || mayNotify());
    return el('label', { class: 'parley-setting' }, el('span', {}, label), box);
  }

  async #changed(name, box) {
    const { preferences, t } = this.context;
    preferences.set(name, box.checked);
    if (name !== 'notices' || !box.checked || (await askForNotices())) return;
    box.checked = false;
    preferences.set(name, false);
    this.say(t('notices_refused'));
  }

  #toggle() {
    this.node.hidden = !this.node.hidden;
    this.button.setAttribute('aria-expanded', String(!this.node.hidden));
    if (this.node.hidden) this.button.focus();
    else this.node.querySelector('input').focus();
  }

  #key(event) {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#toggle();
  }
}
