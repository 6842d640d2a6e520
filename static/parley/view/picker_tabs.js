// The groups of emoji as tabs: arrow keys go from one to the next, as in any row of tabs.
import { el } from './dom.js';

export const SHELF = 'parley-shelf';

export class Tabs {
  #buttons = new Map();
  /** The group that was looked at last; a search is none. */
  last = null;

  constructor({ names, labelOf, pictures, onChoose }) {
    this.onChoose = onChoose;
    for (const name of names) {
      this.#buttons.set(name, el('button', { class: 'parley-picker-tab', type: 'button', role: 'tab', title: labelOf(name), 'aria-label': labelOf(name),
        'aria-controls': SHELF, on: { click: () => onChoose(name) } }, pictures[name]));
    }
    this.node = el('div', { class: 'parley-picker-tabs', role: 'tablist', on: { keydown: (event) => this.#key(event) } }, ...this.#buttons.values());
  }

  offer(name, on) {
    this.#buttons.get(name).hidden = !on;
  }

  /** null: none of them, because what is shown was searched for. */
  choose(name) {
    this.last = name ?? this.last;
    for (const [one, button] of this.#buttons) {
      button.setAttribute('aria-selected', String(one === name));
      button.tabIndex = one === this.last ? 0 : -1;
    }
  }

  focus() {
    this.#buttons.get(this.last).focus({ preventScroll: true });
  }

  #key(event) {
    const shown = [...this.#buttons].filter(([, button]) => !button.hidden).map(([name]) => name);
    const forward = getComputedStyle(this.node).direction === 'rtl' ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward }[event.key];
    const to = { Home: shown[0], End: shown.at(-1) }[event.key] ?? (step && shown.at((shown.indexOf(this.last) + step) % shown.length));
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    this.onChoose(to);
    this.focus();
  }
}
