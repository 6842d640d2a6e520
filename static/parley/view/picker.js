// The panel of emoji: a grid to walk through with the arrow keys. Loaded when it is first opened.
import { groups } from '../emoji-list.js';
import { el } from './dom.js';

/** {node, focus()}; `onPick(emoji)` is called for each choice. */
export function pickerOf({ t, onPick }) {
  const node = el('div', { class: 'parley-picker', role: 'group', 'aria-label': t('emoji'), on: {
    click: ({ target }) => target.closest('button') && onPick(target.textContent),
    // Some browsers give a clicked button no focus: the panel would lose it, and close before the click.
    mousedown: (event) => event.target.closest('button') && event.preventDefault(),
    keydown: (event) => walk(event, node),
  } }, ...groups.map(({ label, emoji }) => groupOf(t(label), emoji)));
  const focus = () => (node.querySelector('[tabindex="0"]') ?? node.querySelector('button')).focus();
  return { node, focus };
}

function groupOf(label, emoji) {
  const buttons = emoji.map((one) => el('button', { class: 'parley-emoji', type: 'button', tabindex: '-1' }, one));
  return el('div', { role: 'group', 'aria-label': label },
    el('p', { class: 'parley-picker-label', 'aria-hidden': 'true' }, label), el('div', { class: 'parley-picker-grid' }, ...buttons));
}

function walk(event, panel) {
  const buttons = [...panel.querySelectorAll('button')];
  const at = buttons.indexOf(event.target);
  const to = at < 0 ? undefined : nextOf(event.key, buttons, at, getComputedStyle(panel).direction === 'rtl' ? -1 : 1);
  if (!to) return;
  event.preventDefault();
  event.stopPropagation();
  event.target.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function nextOf(key, buttons, at, forward) {
  const step = { ArrowRight: forward, ArrowLeft: -forward }[key];
  if (step) return buttons[at + step];
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
