// One bubble.
import { isFewEmoji } from '../emoji.js';
import { segmentsOf } from '../links.js';
import { el, hiddenText, setText } from './dom.js';
import { icon } from './icons.js';
import { menuButton } from './menu.js';
import { showState } from './tick.js';

/** {node, update(row)}: the same node from the first keystroke's echo to the last tick. `menu(message)` gives what else can be done about it. */
export function messageRow(first, { context, avatar, errorText, onRetry, onDiscard, onCopy, menu }) {
  const { t } = context;
  const { message } = first;
  const mine = message.mine !== false;
  const text = el('div', { class: 'parley-text', dir: 'auto' }, ...textNodes(message.content));
  const time = el('time', { datetime: new Date(message.time).toISOString(), title: context.times.full(message.time) });
  const tick = el('span', { class: 'parley-tick' });
  const failed = el('div', { class: 'parley-failed', hidden: true });
  let current = message;
  const stop = stopOf(message, { t, onCopy, menu: menu && (() => menu(current)) });
  const author = first.named && !mine ? el('span', { class: 'parley-author', dir: 'auto' }) : hiddenText(mine ? t('you') : '');
  const node = el('div', { class: `parley-row parley-row--${mine ? 'mine' : 'theirs'}` },
    mine ? null : avatar.node,
    el('div', { class: 'parley-bubble', on: { click: (event) => tapped(event) } }, author, text, stop),
    el('div', { class: 'parley-meta' }, time, mine ? tick : null), failed);
  node.classList.toggle('parley-row--emoji', isFewEmoji(message.content));
  let shown = null;
  const update = (row) => {
    current = row.message;
    node.dataset.key = row.key;
    if (row.message.seq) node.dataset.seq = row.message.seq;
    node.classList.toggle('parley-row--first', row.first);
    node.classList.toggle('parley-row--last', row.last);
    node.classList.toggle('parley-row--meta', row.meta);
    setText(time, row.time);
    if (!mine) {
      avatar.update(row.person, false); // who it is may be learned after what they wrote
      setText(author, row.person.name);
    }
    if (row.message.deleted) strike(node, text, stop, t);
    if (row.state === shown) return;
    shown = row.state;
    if (mine) showState(tick, row.state, t);
    const broken = row.state === 'failed';
    node.classList.toggle('parley-row--failed', broken);
    failed.hidden = !broken;
    failed.replaceChildren(...(broken ? failure(row.message, { t, errorText, onRetry, onDiscard }) : []));
  };
  update(first);
  return { node, update };
}

/** Text with its addresses made clickable; never HTML. */
export function textNodes(content) {
  return segmentsOf(content).map(({ text, href }) => {
    if (!href) return document.createTextNode(text);
    return el('a', { href, target: '_blank', rel: 'noopener noreferrer', dir: 'ltr' }, text);
  });
}

/** Shown on hover; Tab passes it by, the arrow keys walk from one to the next (walk.js). */
function stopOf({ content }, { t, onCopy, menu }) {
  const beginning = [...content.slice(0, 200)].slice(0, 80).join('');
  if (menu) return menuButton({ className: 'parley-copy', label: t('actions', { what: beginning }), attributes: { tabindex: '-1' } }, menu, { t });
  return el('button', { class: 'parley-copy', type: 'button', tabindex: '-1', title: t('copy'), 'aria-label': t('copy_text', { content: beginning }),
    on: { click: () => onCopy(content) } }, icon('copy'));
}

/** A moderator took the text away: nothing is left to copy. */
function strike(node, text, stop, t) {
  node.classList.add('parley-row--struck');
  node.classList.remove('parley-row--emoji');
  setText(text, t('message_removed'));
  stop.remove();
}

/** A finger cannot hover: a tap on the bubble brings the button out. */
function tapped(event) {
  if (event.pointerType !== 'touch' || event.target.closest('a, button') || !document.getSelection().isCollapsed) return;
  event.currentTarget.querySelector('.parley-copy')?.focus({ preventScroll: true });
}

function failure(message, { t, errorText, onRetry, onDiscard }) {
  const button = (label, action) => el('button', { class: 'parley-link', type: 'button', on: { click: () => action(message) } }, label);
  return [el('span', {}, errorText(message.error)), button(t('retry'), onRetry), button(t('discard'), onDiscard)];
}
