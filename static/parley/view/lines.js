// The lines of a thread: bubbles and what stands between them. However many there are, only those around
// what is in view are on the page.
import { rowsOf } from '../rows.js';
import { RowWindow } from '../window.js';
import { avatarOf } from './avatar.js';
import { el } from './dom.js';
import { goingRow } from './goings.js';
import { KeyedChildren } from './keyed.js';
import { messageRow } from './message.js';
import { dayRow, loadingRow, newRow } from './rows.js';

export class LinesView {
  #conversation = null;
  #history = 'idle';
  #moderated = false;
  #known = { of: [], rows: [] };
  window = new RowWindow();

  constructor({ context, actions, errorText }) {
    Object.assign(this, { context, actions, errorText });
    this.node = el('div', { class: 'parley-lines' });
    this.children = new KeyedChildren(this.node, {
      key: (row) => row.key,
      signature: ({ message, ...row }) => JSON.stringify([row, message?.seq, message?.error, message?.deleted]),
      build: (row) => this.#build(row),
    });
  }

  clear() {
    this.window = new RowWindow();
    this.#known = { of: [], rows: [] };
    this.children.clear();
  }

  /** All rows there are now; paint() brings them onto the page. */
  take(conversation, { newFrom, history }) {
    this.#conversation = conversation;
    this.#history = history;
    const rows = this.#rows(newFrom);
    this.window.take(rows);
    return rows;
  }

  /** The rows of the window. One that goes must not take the focus with it: `scroller` gets it then. */
  paint(scroller) {
    const { times, clock } = this.context;
    const now = clock.now();
    const inside = this.#hasFocus();
    const { person, isRoom, moderator = false } = this.#conversation;
    // What stands beside a bubble is another thing for a moderator.
    if (this.#moderated !== moderator) this.children.clear();
    this.#moderated = moderator;
    this.children.show(this.window.rows.map((row) => {
      if (row.type === 'message') return { ...row, person: row.message.author ?? person, named: isRoom, time: times.inThread(row.message.time, now) };
      if (row.type === 'day') return { ...row, label: times.dayHeading(row.time, now) };
      return { ...row, history: this.#history };
    }));
    if (inside && !this.#hasFocus()) scroller.focus({ preventScroll: true });
  }

  /** Most news (typing, presence) change none of them. */
  #rows(newFrom) {
    const { log, pending, otherReadSeq, otherDeliveredSeq, hasOlder, goings } = this.#conversation;
    const of = [log, pending, otherReadSeq, otherDeliveredSeq, hasOlder, newFrom, goings?.lines];
    if (of.some((value, index) => value !== this.#known.of[index])) {
      const dayOf = (time) => this.context.times.day(time);
      this.#known = { of, rows: rowsOf(this.#conversation, { dayOf, newFrom }) };
    }
    return this.#known.rows;
  }

  #hasFocus() {
    return this.node.contains(this.node.getRootNode().activeElement);
  }

  #build(row) {
    const { t } = this.context;
    if (row.type === 'day') return dayRow(row);
    if (row.type === 'new') return newRow({ t });
    if (row.type === 'going') return goingRow(row, this.context);
    if (row.type !== 'message') return loadingRow(row, { t, onRetry: this.actions.reload });
    const avatar = avatarOf(row.person, { baseUrl: this.context.baseUrl });
    const { retry: onRetry, discard: onDiscard, copy: onCopy } = this.actions;
    const conversation = this.#conversation;
    const menu = conversation.moderator ? (message) => this.actions.room.ofMessage(conversation, message) : null;
    const errorText = (code) => this.errorText(code, conversation);
    return messageRow(row, { context: this.context, avatar, errorText, onRetry, onDiscard, onCopy, menu });
  }
}
