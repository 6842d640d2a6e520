// One conversation: its head, its messages, and the field to write in.
import { BarView } from './bar.js';
import { BlankView } from './blank.js';
import { ComposerView } from './composer.js';
import { el, setLabel } from './dom.js';
import { icon } from './icons.js';
import { LinesView } from './lines.js';
import { RosterView } from './roster.js';
import { skeleton } from './rows.js';
import { ScrollKeeper } from './scroll.js';
import { ThreadHead } from './head.js';
import { walkMessages } from './walk.js';

/** More is asked for this many pixels before the end of what is there is reached. */
const AHEAD = 600;
/** What is in memory comes earlier: a fast flick of the finger must not end at the edge of it. */
const NEAR = 1500;

export class ThreadView {
  #conversation = null;
  #newFrom = null;
  #newest = 0;
  #placed = false;

  /** `actions`: what view/actions.js gives; `me`: the id of who looks. */
  constructor({ context, actions, errorText, me }) {
    Object.assign(this, { context, actions, errorText });
    const { t } = context;
    this.roster = new RosterView({ context, actions: actions.room, me });
    this.head = new ThreadHead({ context, onBack: actions.close, more: [this.roster.button] });
    this.lines = new LinesView({ context, actions, errorText });
    this.blank = new BlankView({ context, onRetry: actions.reload });
    this.bones = skeleton();
    this.scroller = el('div', { class: 'parley-scroll parley-log', role: 'log', 'aria-live': 'off', tabindex: '0',
      on: { scroll: () => this.#scrolled(), keydown: (event) => walkMessages(event, () => this.#jump()) } }, this.bones, this.blank.node, this.lines.node);
    this.keeper = new ScrollKeeper(this.scroller, () => this.#scrolled());
    this.jumpCount = el('span', { class: 'parley-badge', hidden: true });
    this.jump = el('button', { class: 'parley-jump', type: 'button', hidden: true, 'aria-label': t('jump'),
      on: { click: () => this.#jump() } }, icon('down'), this.jumpCount);
    this.composer = new ComposerView({ context, onSend: (text) => this.#send(text), onTyped: actions.typed });
    this.bar = new BarView({ context, onEnter: actions.room.enter, onRooms: actions.rooms });
    this.node = el('div', { class: 'parley-thread', hidden: true }, this.head.node, el('div', { class: 'parley-talk' },
      el('div', { class: 'parley-column' }, el('div', { class: 'parley-logbox' }, this.scroller, this.jump, this.composer.picking.panel),
        this.composer.node, this.bar.node), this.roster.node));
  }

  open(conversation) {
    this.#conversation = conversation;
    this.#newFrom = conversation.unread ? conversation.readSeq + 1 : null;
    this.#newest = 0;
    this.#placed = false;
    this.node.hidden = false;
    this.lines.clear();
    this.composer.show(conversation.id);
    this.node.classList.toggle('parley-thread--room', conversation.isRoom);
    this.roster.open(conversation, this.node.clientWidth);
    this.show(conversation, 'loading');
    this.#toStart();
  }

  close() {
    this.#conversation = null;
    this.node.hidden = true;
    this.lines.clear();
  }

  /** Brings the nodes in step with the conversation; `history` is what loading is doing. */
  show(conversation, history) {
    if (conversation !== this.#conversation) return;
    // What is unread may be known only now; from here on it is what was new when one came.
    if (!this.#placed && conversation.loaded && conversation.unread) this.#newFrom ??= conversation.readSeq + 1;
    this.head.show(conversation);
    this.#name(conversation);
    if (conversation.isRoom) this.roster.show(conversation);
    this.#bar(conversation);
    this.keeper.settle();
    const stick = this.#ownNews(conversation) || this.atEnd; // before anything is below what is shown
    const rows = this.lines.take(conversation, { newFrom: this.#newFrom, history });
    const empty = rows.length === 0 && !conversation.outside; // of that the bar speaks
    const waiting = empty && !conversation.loaded && history !== 'failed';
    this.keeper.during(() => {
      this.bones.hidden = !waiting;
      this.blank.node.hidden = !empty || waiting;
      if (empty) this.blank.show(conversation, history === 'failed');
      if (stick) this.lines.window.toEnd();
      this.lines.paint(this.scroller);
    }, { stick });
    if (!this.#placed && history !== 'loading' && (conversation.loaded || history === 'failed')) this.#place();
    this.#scrolled();
  }

  /** Tells what can really be seen; the caller knows whether anybody looks. */
  report() {
    const conversation = this.#conversation;
    if (!conversation?.unread || !this.#placed) return; // before that it may be shown from its end
    const seen = Number(this.keeper.lastVisible('[data-seq]')?.dataset.seq);
    if (seen) this.actions.saw(conversation, seen);
  }

  stop() {
    this.composer.stop();
    this.keeper.stop();
  }

  focus() {
    // On a phone the keyboard would cover half of what one came to read.
    if (!matchMedia('(pointer: coarse)').matches) this.composer.focus();
    else if (document.activeElement !== document.body) this.#rest();
  }

  /** Nobody came here by the Tab key: a frame round everything would say nothing. */
  #rest() {
    const { scroller } = this;
    scroller.classList.add('parley-log--quiet');
    scroller.focus({ preventScroll: true });
    scroller.addEventListener('blur', () => scroller.classList.remove('parley-log--quiet'), { once: true });
  }

  get atEnd() {
    return this.keeper.atEnd && !this.lines.window.hasBelow;
  }

  /** What was begun stays in the field, which comes back when one may write again. */
  #bar(conversation) {
    const lost = this.bar.show(conversation) && this.composer.node.contains(this.composer.node.getRootNode().activeElement);
    this.composer.node.hidden = !this.bar.node.hidden;
    if (lost) this.#rest();
  }

  /** It may be learned only after it was opened. */
  #name({ person: { name }, isRoom }) {
    const { t } = this.context;
    setLabel(this.scroller, t(isRoom ? 'messages_in' : 'messages_with', { name }));
    setLabel(this.composer.input, t('write_to', { name }));
  }

  #jump() {
    this.#turn((rows) => rows.toEnd());
    this.keeper.toEnd({ smooth: true });
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
    this.#turn((rows) => rows.reveal('new'));
    const line = this.lines.node.querySelector('.parley-new');
    if (line) this.keeper.toMiddle(line);
    else this.keeper.toEnd();
    this.#scrolled();
  }

  /** The first page from the server may begin the unread part above what is in view. */
  #place() {
    this.#placed = true;
    if (this.atEnd) this.#toStart();
  }

  #scrolled() {
    const conversation = this.#conversation;
    if (!conversation) return;
    this.keeper.settle();
    this.#slide();
    const ended = this.atEnd;
    this.keeper.note(ended);
    this.jump.hidden = ended;
    this.jumpCount.hidden = conversation.unread === 0;
    this.jumpCount.textContent = String(conversation.unread);
    this.report();
  }

  /** Nearing an end of what is on the page: the next part of it comes, from memory or from the server. */
  #slide() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const rows = this.lines.window;
    if (clientHeight === 0) return; // not shown at all
    if (scrollTop < NEAR && rows.hasAbove) this.#turn(() => rows.up());
    else if (rows.hasBelow && scrollHeight - scrollTop - clientHeight < NEAR) this.#turn(() => rows.down());
    else if (scrollTop < AHEAD && this.#conversation.hasOlder) this.actions.loadOlder();
  }

  #turn(change) {
    change(this.lines.window);
    this.keeper.during(() => this.lines.paint(this.scroller), { stick: false });
  }
}
