// The conversation list: newest first, one button each.
import { avatarOf } from './avatar.js';
import { directionMark } from '../i18n.js';
import { el, hiddenText, isolated, setText } from './dom.js';
import { isGuest } from '../person.js';
import { KeyedChildren } from './keyed.js';
import { listSkeleton } from './rows.js';
import { showState } from './tick.js';

export class ListView {
  constructor({ context, onOpen, onMore }) {
    Object.assign(this, { context, onOpen });
    this.items = el('ul', { class: 'parley-list', 'aria-label': context.t('conversations'), on: { keydown: moveFocus } });
    this.empty = emptyList(context);
    this.more = el('button', { class: 'parley-more', type: 'button', on: { click: onMore } }, context.t('list_more'));
    this.bones = listSkeleton();
    this.node = el('div', { class: 'parley-scroll parley-listpane' }, this.bones, this.items, this.more, this.empty);
    this.children = new KeyedChildren(this.items, {
      key: ({ conversation }) => conversation,
      signature: signatureOf,
      build: (row) => this.#item(row),
    });
  }

  show(conversations, { openId, hasMore, loading }) {
    const now = this.context.clock.now();
    this.children.show(conversations.map((conversation) => this.#row(conversation, openId, now)));
    this.more.hidden = !hasMore;
    this.empty.hidden = conversations.length > 0 || loading;
    this.bones.hidden = !loading;
    this.items.setAttribute('aria-busy', String(loading));
  }

  focus(conversation) {
    const button = this.children.node(conversation)?.firstChild ?? this.items.querySelector('button');
    button?.focus();
    return Boolean(button);
  }

  #row(conversation, openId, now) {
    const { last } = conversation;
    const time = last ? this.context.times.brief(last.time, now) : '';
    const current = conversation.id === openId;
    const draft = current ? '' : this.context.drafts.of(conversation.id);
    const state = last && !last.seq ? conversation.stateOf(last) : null; // of what the server has, that it was sent goes without saying
    return { conversation, time, state, current, draft: draft !== '', line: this.#line(conversation, draft) };
  }

  #line(conversation, draft) {
    const { t } = this.context;
    const { last, typing } = conversation;
    if (typing) return t('typing');
    if (draft) return t('draft', { content: beginningOf(draft) });
    if (!last) return '';
    const content = last.deleted ? t('message_removed') : beginningOf(last.content);
    const mark = directionMark(content); // else what is cut off is the beginning of the words
    if (last.mine !== false) return mark + t('you_wrote', { content });
    return last.author ? mark + t('announce', { name: last.author.name, content }) : content;
  }

  #item(first) {
    const { context } = this;
    const { conversation } = first;
    const avatar = avatarOf(conversation.person, { online: conversation.online, baseUrl: context.baseUrl });
    const name = isolated('', 'parley-item-name');
    const tick = el('span', { class: 'parley-tick' });
    const kind = el('span');
    const time = el('span');
    const line = el('span', { class: 'parley-item-line', dir: 'auto' });
    const state = hiddenText('');
    const badge = el('span', { class: 'parley-badge' });
    const button = el('button', { class: 'parley-item', type: 'button', on: { click: () => this.onOpen(conversation.person) } },
      avatar.node, name, el('span', { class: 'parley-item-time' }, kind, tick, time), line, badge, state);
    const update = (row) => {
      const { person, online, unread, typing } = row.conversation;
      avatar.update(person, online);
      setText(name, person.name);
      setText(kind, isGuest(person) ? `${context.t('guest')} · ` : '');
      setText(time, row.time);
      showState(tick, row.state, context.t);
      setText(line, row.line);
      line.classList.toggle('parley-item-line--typing', typing);
      line.classList.toggle('parley-item-line--draft', row.draft && !typing);
      setBadge(badge, unread, context.t);
      setText(state, online ? context.t('online') : '');
      button.classList.toggle('parley-item--unread', unread > 0);
      if (row.current) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    };
    update(first);
    return { node: el('li', {}, button), update };
  }
}

function signatureOf({ conversation: { person, online, unread, typing }, time, state, current, draft, line }) {
  return JSON.stringify([person, online, unread, typing, time, state, current, draft, line]);
}

/** As much of a text as a line can show. */
function beginningOf(text) {
  return [...text.slice(0, 300)].slice(0, 120).join('').replace(/\s+/gu, ' ');
}

function setBadge(badge, unread, t) {
  badge.hidden = unread === 0;
  const shown = unread > 99 ? '99+' : String(unread);
  badge.replaceChildren(el('span', { 'aria-hidden': 'true' }, shown), hiddenText(t('unread', { count: unread })));
}

function emptyList({ t }) {
  return el('div', { class: 'parley-empty parley-empty--list' },
    el('p', { class: 'parley-empty-title' }, t('list_empty_title')), el('p', {}, t('list_empty_text')));
}

/** Up and down walk through a list of buttons, Home and End go to its ends. */
export function moveFocus(event) {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  buttons[Math.max(0, Math.min(buttons.length - 1, to))].focus();
}
