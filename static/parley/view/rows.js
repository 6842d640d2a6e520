// The lines of a thread that are no bubbles.
import { el, setText } from './dom.js';

export function dayRow(row) {
  const label = el('span', {}, row.label);
  return { node: el('div', { class: 'parley-day' }, label), update: ({ label: text }) => setText(label, text) };
}

export function newRow({ t }) {
  return { node: el('div', { class: 'parley-new' }, el('span', {}, t('new_messages'))) };
}

/** "Loading", or why not and a way to try again: at the top (older) and in the middle (gap). */
export function loadingRow(first, { t, onRetry }) {
  const node = el('div', { class: 'parley-loading' });
  const update = ({ history }) => {
    const failed = history === 'failed';
    node.replaceChildren(failed
      ? el('button', { class: 'parley-link', type: 'button', on: { click: onRetry } }, t('load_failed'))
      : el('span', { class: 'parley-spinner', role: 'img', 'aria-label': t('loading') }));
  };
  update(first);
  return { node, update };
}

/** What stands there before the list came. */
export function listSkeleton() {
  const person = () => el('div', { class: 'parley-ghost' }, el('i'), el('i'), el('i'));
  return el('div', { class: 'parley-ghosts', 'aria-hidden': 'true', hidden: true }, person(), person(), person(), person());
}

/** What stands there before the first page came. */
export function skeleton() {
  const bars = ['theirs', 'theirs', 'mine', 'theirs', 'mine'];
  return el('div', { class: 'parley-skeleton', 'aria-hidden': 'true' }, ...bars.map((side) => el('div', { class: `parley-bone parley-bone--${side}` })));
}
