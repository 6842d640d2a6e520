// Finding a person to write to: a field, and what the server found.
import { avatarOf } from './avatar.js';
import { el, isolated } from './dom.js';
import { icon } from './icons.js';
import { isGuest } from '../person.js';
import { moveFocus } from './list.js';

const WAIT = 250;

export class SearchView {
  #timer = null;
  #asked = 0;

  constructor({ context, search, onOpen, onToggle }) {
    Object.assign(this, { context, search, onOpen, onToggle });
    const { t } = context;
    this.input = el('input', {
      class: 'parley-search-input', type: 'search', autocomplete: 'off', spellcheck: 'false', maxlength: '64',
      placeholder: t('search'), 'aria-label': t('search'), dir: 'auto',
      on: { input: () => this.#typed(), keydown: (event) => this.#key(event) },
    });
    this.clear = el('button', { class: 'parley-search-clear', type: 'button', 'aria-label': t('search_clear'), hidden: true,
      on: { click: () => this.reset({ focus: true }) } }, icon('clear'));
    this.field = el('div', { class: 'parley-search', role: 'search' }, icon('search'), this.input, this.clear);
    this.note = el('p', { class: 'parley-search-note', role: 'status' });
    this.found = el('ul', { class: 'parley-list', 'aria-label': t('search_results'), on: { keydown: moveFocus } });
    this.results = el('div', { class: 'parley-scroll', hidden: true }, this.note, this.found);
  }

  reset({ focus = false } = {}) {
    this.input.value = '';
    this.#typed();
    if (focus) this.input.focus();
  }

  stop() {
    this.#asked += 1;
    this.context.clock.clearTimeout(this.#timer);
  }

  #typed() {
    const query = this.input.value.trim();
    this.stop();
    this.clear.hidden = query === '';
    this.results.hidden = query === '';
    this.onToggle(query !== '');
    if (query === '') return this.#show([], '');
    this.#timer = this.context.clock.setTimeout(() => this.#ask(query), WAIT);
    return undefined;
  }

  async #ask(query) {
    const { t } = this.context;
    const asked = ++this.#asked;
    const people = await this.search(query).catch(() => null);
    if (asked !== this.#asked) return;
    if (people === null) this.#show([], t('search_failed'));
    else this.#show(people, people.length ? '' : t('search_nobody'));
  }

  #show(people, note) {
    this.note.textContent = note;
    this.found.replaceChildren(...people.map((person) => el('li', {}, this.#button(person))));
  }

  #button(person) {
    const avatar = avatarOf(person, { baseUrl: this.context.baseUrl });
    const open = () => {
      this.reset();
      this.onOpen(person);
    };
    return el('button', { class: 'parley-item parley-item--person', type: 'button', on: { click: open } },
      avatar.node, isolated(person.name, 'parley-item-name'),
      el('span', { class: 'parley-item-line' }, isolated(isGuest(person) ? this.context.t('guest') : `@${person.username}`)));
  }

  #key(event) {
    if (event.key === 'Escape' && this.input.value) {
      event.stopPropagation();
      this.reset({ focus: true });
    } else if (event.key === 'ArrowDown' || (event.key === 'Enter' && !event.isComposing)) {
      const button = this.found.querySelector('button');
      if (!button) return;
      event.preventDefault();
      if (event.key === 'Enter') button.click();
      else button.focus();
    }
  }
}
