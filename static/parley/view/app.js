// The whole face: list and thread side by side, or one after the other where it is narrow (the style
// sheet decides that by the width of the widget, not of the window).
import { threadActions } from './actions.js';
import { avatarOf } from './avatar.js';
import { Announcer } from './announcer.js';
import { Attention } from './attention.js';
import { el, isolated } from './dom.js';
import { errorTextOf } from './errors.js';
import { icon } from './icons.js';
import { ListView } from './list.js';
import { Ringing } from './ringing.js';
import { RoomsView } from './rooms.js';
import { SearchView } from './search.js';
import { SettingsView } from './settings.js';
import { StatusView } from './status.js';
import { ThreadView } from './thread.js';
import { TitleView } from './title.js';
import { ToastView } from './toast.js';
import { WelcomeView } from './welcome.js';

/** "5 minutes ago" must not stay 5 minutes for ever. */
const REFRESH = 30_000;

export class AppView {
  #timers = { paint: null, refresh: null };
  /** While this is set, opening a conversation takes nobody's focus away. */
  calm = false;
  /** How much is unread, as far as the page leaves it to us to say so. */
  #unread = 0;

  /** `single`: one conversation only, without the list; `keep`: Escape does not leave it; `back`: where its arrow leads then. */
  constructor({ messenger, context, locale, direction, actions = [], title = true, single = false, keep = single, back = null, send }) {
    Object.assign(this, { messenger, context, single, keep, back, errorText: (code, of) => errorTextOf(code, context.t, of) });
    this.toast = new ToastView({ context });
    this.announcer = new Announcer(context);
    this.title = title ? new TitleView() : null;
    this.status = new StatusView({ context, onRetry: () => this.#reconnect(), onBack: () => this.toast.say(context.t('status_back')) });
    this.list = new ListView({ context, onOpen: (person) => messenger.open(person), onMore: () => this.#more() });
    this.search = new SearchView({ context, search: (query) => messenger.directory.search(query, messenger.me),
      onOpen: (person) => messenger.open(person), onToggle: (on) => this.list.node.toggleAttribute('hidden', on) });
    this.rooms = new RoomsView({ context, rooms: messenger.publicRooms,
      onOpen: (name) => this.#enter(name), onClose: () => this.browse(false) });
    this.thread = new ThreadView({ context, errorText: this.errorText, actions: threadActions(this, send), me: messenger.me.id });
    this.settings = new SettingsView({ context, say: (text) => this.toast.say(text) });
    this.welcome = new WelcomeView({ context, single, onFind: () => this.browse(false, this.search.input) });
    this.node = this.#build({ locale, direction, actions });
    this.attention = new Attention({ onLook: () => this.thread.report(), onWake: () => messenger.transport.wake(),
      onOffline: () => messenger.connection.doubt(), onSeen: (visible) => messenger.roomNews.show(visible) });
    messenger.roomNews.show(this.attention.isVisible);
    this.ringing = new Ringing({ messenger, context, attention: this.attention,
      isOpen: ({ id }) => id === messenger.openId && this.inView });
    this.#listen();
    this.#refreshLater();
    this.#paint();
  }

  destroy() {
    Object.values(this.#timers).forEach((timer) => this.context.clock.clearTimeout(timer));
    const { announcer, attention, ringing, status, search, rooms, toast, title, thread } = this;
    for (const part of [announcer, attention, ringing, status, search, rooms, toast, title, thread]) part?.stop();
    this.#timers = null;
    this.node.remove();
  }

  #build({ locale, direction, actions }) {
    const { t } = this.context;
    this.entry = el('button', { class: 'parley-entry', type: 'button', on: { click: () => this.browse(true) } }, icon('room'), t('rooms'));
    this.list.node.prepend(this.entry);
    this.rooms.node.hidden = true;
    const side = el('aside', { class: 'parley-side', 'aria-label': t('conversations') },
      this.#header(actions), this.settings.node, this.search.field, this.search.results, this.list.node, this.rooms.node);
    const main = el('section', { class: 'parley-main', 'aria-label': t('conversation') }, this.welcome.node, this.thread.node);
    const kind = this.single ? ` parley--single${this.back ? ' parley--back' : ''}` : '';
    return el('div', { class: `parley${kind}`, lang: locale, dir: direction, on: { keydown: (event) => this.#key(event) } },
      this.status.node, el('div', { class: 'parley-panes' }, side, main, this.toast.node), this.announcer.node);
  }

  #header(actions) {
    const { me } = this.messenger;
    const buttons = actions.map(({ label, icon: name, run }) => el('button', {
      class: 'parley-iconbutton', type: 'button', title: label, 'aria-label': label, on: { click: run },
    }, icon(name)));
    return el('header', { class: 'parley-head parley-head--me' }, avatarOf(me, { baseUrl: this.context.baseUrl }).node,
      el('h1', { class: 'parley-head-text' }, isolated(me.name, 'parley-head-name'),
        el('span', { class: 'parley-head-line' }, isolated(`@${me.username}`))), this.settings.button, ...buttons);
  }

  #listen() {
    const { messenger, context: { t } } = this;
    for (const news of ['change', 'status']) messenger.on(news, () => this.#schedule());
    messenger.on('open', (conversation) => this.#opened(conversation));
    messenger.on('offline', () => this.toast.say(t('recipient_offline')));
    messenger.on('full', () => this.toast.say(t('outbox_full')));
    messenger.isAtEnd = () => this.thread.atEnd;
    messenger.writing.on('moved', (from, to) => this.context.drafts.move(from.id, to.id));
  }

  /** News that the page was told of first and left to us: read out, and rung for. */
  heard(conversation, message) {
    const { name } = message.author ?? conversation.person;
    this.announcer.say(this.context.t('announce', { name, content: message.content.slice(0, 300) }));
    this.ringing.news(conversation, message);
  }

  refused(code, conversation) {
    this.toast.say(this.errorText(code, conversation));
  }

  count(unread) {
    this.#unread = unread;
    this.title?.show(unread);
  }

  #opened(conversation) {
    const closed = this.shown;
    this.shown = conversation;
    this.node.classList.toggle('parley--open', conversation !== null);
    this.welcome.node.hidden = conversation !== null;
    if (conversation) this.thread.open(conversation);
    else this.thread.close();
    this.#paint();
    if (this.calm) return;
    if (conversation) this.thread.focus();
    else if (!this.list.focus(closed)) this.search.input.focus();
  }

  /** One painting for a burst of news. */
  #schedule() {
    if (this.#timers) this.#timers.paint ??= this.context.clock.setTimeout(() => this.#paint(), 0);
  }

  #paint() {
    this.context.clock.clearTimeout(this.#timers.paint);
    this.#timers.paint = null;
    const { messenger } = this;
    const { conversations, opened } = messenger;
    if (opened && opened !== this.shown) this.#adopt(opened);
    const loading = conversations.ordered().length === 0 && messenger.status.state !== 'online';
    this.list.show(conversations.ordered(), { openId: messenger.openId, hasMore: messenger.directory.hasMore, loading });
    if (opened) this.thread.show(opened, messenger.history.stateOf(opened));
    this.title?.show(this.#unread); // the page may have given itself another title meanwhile
  }

  /** The same person, another conversation object: everything known was dropped and is loaded anew. */
  #adopt(conversation) {
    this.shown = conversation;
    this.thread.open(conversation);
  }

  #refreshLater() {
    this.#timers.refresh = this.context.clock.setTimeout(() => {
      this.#paint();
      this.#refreshLater();
    }, REFRESH);
  }

  #key(event) {
    if (event.key !== 'Escape' || event.isComposing || this.keep || this.messenger.openId === null) return;
    event.preventDefault();
    this.messenger.close();
  }

  /** Shows the public rooms in place of the list, or no longer. `onBrowse`, if the page has set it, is told: it keeps an address. */
  browse(on, next = this.entry) {
    const { list, rooms, search } = this;
    search.reset();
    for (const part of [search.field, list.node]) part.hidden = on;
    rooms.node.hidden = !on;
    this.onBrowse?.(on);
    if (on) {
      rooms.start();
      rooms.focus();
    } else {
      rooms.stop();
      next.focus();
    }
  }

  #enter(name) {
    this.browse(false);
    this.messenger.openRoom(name);
  }

  /** Somewhere on the screen, neither hidden by whoever embeds us nor scrolled out of sight. */
  get inView() {
    return this.thread.keeper.cut !== null;
  }

  #reconnect() {
    const { transport } = this.messenger;
    if (transport.state === 'refused' || transport.state === 'stopped') transport.start();
    else transport.wake();
  }

  #more() {
    this.messenger.directory.more().catch(() => this.toast.say(this.context.t('search_failed')));
  }
}
