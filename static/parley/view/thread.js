// One conversation: its head, its messages, and the field to write in.
import { rowsOf } from '../rows.js';
import { avatarOf } from './avatar.js';
import { ComposerView } from './composer.js';
import { el } from './dom.js';
import { icon } from './icons.js';
import { KeyedChildren } from './keyed.js';
import { messageRow } from './message.js';
import { dayRow, loadingRow, newRow, skeleton } from './rows.js';
import { ScrollKeeper } from './scroll.js';
import { ThreadHead } from './head.js';
import { walkMessages } from './walk.js';

/** Older messages are asked for this many pixels before the top is reached. */
const AHEAD = 400;

export class ThreadView {
  #conversation = null;
  #newFrom = null;
  #newest = 0;
  #placed = false;

  /** `actions`: send, typed, retry, discard, copy, loadOlder, saw, close, reload. */
  constructor({ context, actions, errorText }) {
    Object.assign(this, { context, actions, errorText });
    const { t } = context;
    this.head = new ThreadHead({ context, onBack: actions.close });
    this.lines = el('div', { class: 'parley-lines' });
    this.blank = el('div', { class: 'parley-empty', hidden: true });
    this.bones = skeleton();
    this.scroller = el('div', { class: 'parley-scroll parley-log', role: 'log', 'aria-live': 'off', tabindex: '0',
      on: { scroll: () => this.#scrolled(), keydown: walkMessages } }, this.bones, this.blank, this.lines);
    this.keeper = new ScrollKeeper(this.scroller);
    this.jumpCount = el('span', { class: 'parley-badge', hidden: true });
    this.jump = el('button', { class: 'parley-jump', type: 'button', hidden: true, 'aria-label': t('jump'),
      on: { click: () => this.keeper.toEnd({ smooth: true }) } }, icon('down'), this.jumpCount);
    this.composer = new ComposerView({ context, onSend: (text) => this.#send(text), onTyped: actions.typed });
    this.node = el('div', { class: 'parley-thread', hidden: true }, this.head.node,
      el('div', { class: 'parley-logbox' }, this.scroller, this.jump), this.composer.node);
    this.children = this.#children();
  }

  open(conversation) {
    this.#conversation = conversation;
    this.#newFrom = conversation.unread ? conversation.readSeq + 1 : null;
    this.#newest = 0;
    this.#placed = false;
    this.node.hidden = false;
    this.children.clear();
    this.composer.show(conversation.id, conversation.person.name);
    this.scroller.setAttribute('aria-label', this.context.t('messages_with', { name: conversation.person.name }));
    this.show(conversation, 'loading');
    this.#toStart();
  }

  close() {
    this.#conversation = null;
    this.node.hidden = true;
    this.children.clear();
  }

  /** Brings the nodes in step with the conversation; `history` is what loading is doing. */
  show(conversation, history) {
    if (conversation !== this.#conversation) return;
    this.head.show(conversation);
    const rows = this.#rows(conversation, history);
    const waiting = rows.length === 0 && !conversation.loaded && history !== 'failed';
    const own = this.#ownNews(conversation);
    this.keeper.during(() => {
      this.bones.hidden = !waiting;
      this.#showBlank(conversation, rows.length === 0 && !waiting, history);
      this.children.show(rows);
    }, { stick: own || this.keeper.atEnd });
    if (!this.#placed && conversation.loaded) this.#place();
    this.#scrolled();
  }

  /** Tells what can really be seen; the caller knows whether anybody looks. */
  report() {
    const conversation = this.#conversation;
    const seen = conversation && Number(this.keeper.lastVisible('[data-seq]')?.dataset.seq);
    if (seen) this.actions.saw(conversation, seen);
  }

  focus() {
    // On a phone the keyboard would cover half of what one came to read.
    if (!matchMedia('(pointer: coarse)').matches) this.composer.focus();
    else if (document.activeElement !== document.body) this.scroller.focus({ preventScroll: true });
  }

  #children() {
    return new KeyedChildren(this.lines, {
      key: (row) => row.key,
      signature: ({ message, ...row }) => JSON.stringify([row, message?.seq, message?.error]),
      build: (row) => this.#build(row),
    });
  }

  #rows(conversation, history) {
    const { times, clock } = this.context;
    const now = clock.now();
    return rowsOf(conversation, { dayOf: (time) => times.day(time), newFrom: this.#newFrom }).map((row) => {
      if (row.type === 'message') return { ...row, time: times.inThread(row.message.time, now) };
      if (row.type === 'day') return { ...row, label: times.dayHeading(row.time, now) };
      return { ...row, history };
    });
  }

  #build(row) {
    const { t } = this.context;
    if (row.type === 'day') return dayRow(row);
    if (row.type === 'new') return newRow({ t });
    if (row.type !== 'message') return loadingRow(row, { t, onRetry: this.actions.reload });
    const { person } = this.#conversation;
    const avatar = { node: avatarOf(person, { baseUrl: this.context.baseUrl }).node, name: person.name };
    const { retry: onRetry, discard: onDiscard, copy: onCopy } = this.actions;
    return messageRow(row, { context: this.context, avatar, errorText: this.errorText, onRetry, onDiscard, onCopy });
  }

  #showBlank({ person }, blank, history) {
    const { t } = this.context;
    this.blank.hidden = !blank;
    if (!blank) return;
    const failed = history === 'failed';
    const text = failed ? t('history_failed') : t('thread_empty', { name: person.name });
    const retry = el('button', { class: 'parley-link', type: 'button', on: { click: this.actions.reload } }, t('retry'));
    this.blank.replaceChildren(el('p', { dir: 'auto' }, text), ...(failed ? [retry] : []));
  }

  /** True once for each message of our own: whoever writes wants to see it. */
  #ownNews(conversation) {
    const newest = conversation.pending.at(-1)?.order ?? 0;
    const own = newest > this.#newest;
    this.#newest = Math.max(newest, this.#newest);
    return own;
  }

  #send(text) {
    this.#newFrom = null;
    return this.actions.send(text);
  }

  /** A freshly opened thread shows its end, or where the unread part begins. */
  #toStart() {
    const line = this.lines.querySelector('.parley-new');
    if (line) line.scrollIntoView({ block: 'center', behavior: 'instant' });
    else this.keeper.toEnd();
    this.#scrolled();
  }

  /** The first page from the server may begin the unread part above what is in view. */
  #place() {
    this.#placed = true;
    if (this.keeper.atEnd) this.#toStart();
  }

  #scrolled() {
    const conversation = this.#conversation;
    if (!conversation) return;
    if (this.scroller.scrollTop < AHEAD && conversation.hasOlder) this.actions.loadOlder();
    this.jump.hidden = this.keeper.atEnd;
    this.jumpCount.hidden = conversation.unread === 0;
    this.jumpCount.textContent = String(conversation.unread);
    this.report();
  }
}
