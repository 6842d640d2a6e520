// A grid of emoji to walk through with the arrow keys.
import { el } from './dom.js';
import { SHELF } from './picker_tabs.js';

export class Shelf {
  /** `onLeave()`: up from the first line. */
  constructor({ onPick, onLeave }) {
    this.onLeave = onLeave;
    this.node = el('div', { class: 'parley-picker-shelf', id: SHELF, role: 'tabpanel', on: {
      click: ({ target }) => target.closest('button') && onPick(target.closest('button').textContent),
      // Some browsers give a clicked button no focus: the panel would lose it, and close before the click.
      mousedown: (event) => event.preventDefault(),
      keydown: (event) => this.#walk(event),
    } });
  }

  /** `sections`: [{label, items: [{emoji, name}]}]; `label` is that of all together. */
  show(label, sections) {
    this.node.setAttribute('aria-label', label);
    this.node.replaceChildren(...sections.map(sectionOf));
    this.node.scrollTop = 0;
    this.#buttons[0]?.setAttribute('tabindex', '0');
  }

  focus() {
    this.node.querySelector('[tabindex="0"]')?.focus();
  }

  get #buttons() {
    return [...this.node.querySelectorAll('button')];
  }

  #walk(event) {
    const buttons = this.#buttons;
    const at = buttons.indexOf(event.target);
    if (at < 0) return;
    const to = nextOf(event.key, buttons, at, getComputedStyle(this.node).direction === 'rtl' ? -1 : 1);
    if (!to && event.key !== 'ArrowUp') return;
    event.preventDefault();
    event.stopPropagation();
    if (to) step(buttons[at], to);
    else this.onLeave();
  }
}

function sectionOf({ label, items }) {
  const buttons = items.map(({ emoji, name }) => el('button', { class: 'parley-emoji', type: 'button', tabindex: '-1', title: name, 'aria-label': name }, emoji));
  return el('div', { role: 'group', 'aria-label': label },
    el('p', { class: 'parley-picker-label', 'aria-hidden': 'true' }, label), el('div', { class: 'parley-picker-grid' }, ...buttons));
}

function step(from, to) {
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function nextOf(key, buttons, at, forward) {
  const side = { ArrowRight: forward, ArrowLeft: -forward }[key];
  if (side) return buttons[at + side];
  if (key === 'Home' || key === 'End') return buttons.at(key === 'Home' ? 0 : -1);
  const way = { ArrowDown: 1, ArrowUp: -1 }[key];
  return way && nearestInNextLine(buttons, at, way);
}

/** By what is seen: the lines of the grid are as long as the panel is wide. */
function nearestInNextLine(buttons, at, way) {
  const here = buttons[at].getBoundingClientRect();
  const beyond = way > 0 ? buttons.slice(at) : buttons.slice(0, at).reverse();
  const boxes = beyond.map((button) => [button, button.getBoundingClientRect()]);
  const first = boxes.find(([, { top }]) => (top - here.top) * way > 1);
  const line = boxes.filter(([, { top }]) => first && top === first[1].top);
  line.sort(([, a], [, b]) => Math.abs(a.left - here.left) - Math.abs(b.left - here.left));
  return line[0]?.[0];
}
