// A button that opens a menu of a few actions beside it.
import { el } from './dom.js';
import { icon } from './icons.js';
import { moveFocus } from './list.js';

/** Pixels between a menu and the edge of the panel it is in. */
const MARGIN = 6;

/** `items()` gives [{label, run, sure}] each time it opens; one with `sure` is asked about once more. `face` is what the button shows. */
export function menuButton({ className, label, face = icon('more'), attributes = {} }, items, { t }) {
  const menu = el('ul', { class: 'parley-menu', role: 'menu', hidden: true });
  const button = el('button', { class: className, type: 'button', title: label, 'aria-label': label, 'aria-haspopup': 'menu',
    'aria-expanded': 'false', ...attributes }, face);
  const node = el('span', { class: 'parley-menubox' }, button, menu);
  const shut = ({ focus = false } = {}) => {
    menu.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    if (focus) button.focus({ preventScroll: true });
  };
  const ask = (item) => show(t('sure'), [{ ...item, sure: false }, { label: t('cancel') }]);
  const show = (name, list) => {
    menu.setAttribute('aria-label', name);
    // The name of the menu is read out; where it is a question it has to be seen as well.
    const question = name === label ? [] : [el('li', { class: 'parley-menuquestion', role: 'none', 'aria-hidden': 'true' }, name)];
    menu.replaceChildren(...question, ...list.map((item) => itemOf(item, () => {
      if (item.sure) return ask(item);
      shut({ focus: true });
      return item.run?.();
    })));
    menu.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    place(menu);
    menu.scrollTop = 0;
    menu.querySelector('button').focus({ preventScroll: true });
  };
  // A button that says itself what it does has only that to ask.
  const open = ([first, ...more]) => (first.label === label ? ask(first) : show(label, [first, ...more]));
  button.addEventListener('click', () => (menu.hidden ? open(items()) : shut()));
  button.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' && className !== 'parley-copy') button.click();
  });
  menu.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      shut({ focus: true });
    } else if (event.key === 'Tab') shut();
    else moveFocus(event);
  });
  node.addEventListener('focusout', ({ relatedTarget }) => {
    if (!node.contains(relatedTarget)) shut();
  });
  return node;
}

function itemOf({ label }, click) {
  // Some browsers take the focus away from a menu whose button is pressed, which would shut it.
  const on = { click, mousedown: (event) => event.preventDefault() };
  return el('li', { role: 'none' }, el('button', { class: 'parley-menuitem', type: 'button', role: 'menuitem', tabindex: '-1', dir: 'auto', on }, label));
}

/** Below its button, or above where there is more room; as far aside as the panel around it needs, and no larger than that. */
function place(menu) {
  const panel = menu.closest('.parley-scroll, .parley').getBoundingClientRect();
  const button = menu.previousElementSibling.getBoundingClientRect();
  menu.classList.remove('parley-menu--up');
  menu.style.translate = '';
  menu.style.maxBlockSize = `${panel.height - 2 * MARGIN}px`;
  const above = button.top - panel.top;
  const below = panel.bottom - button.bottom;
  menu.classList.toggle('parley-menu--up', menu.offsetHeight + MARGIN > below && above > below);
  const box = menu.getBoundingClientRect();
  menu.style.translate = `${inward(box.left, box.right, panel.left, panel.right)}px ${inward(box.top, box.bottom, panel.top, panel.bottom)}px`;
}

/** How far what reaches from `start` to `end` has to move to lie between `from` and `to`. */
function inward(start, end, from, to) {
  return Math.max(0, from + MARGIN - start) - Math.max(0, end + MARGIN - to);
}
