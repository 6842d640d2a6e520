// One person signed in: their messenger, its face, and what is kept for them in this browser. Another
// person means another session; what goes over from one to the next is only one's own.
import { Api } from './api.js';
import { Cache } from './cache.js';
import { ServerClock } from './clock.js';
import { Drafts } from './drafts.js';
import { loadEmoji } from './emoji_loader.js';
import { HeldStorage } from './held_storage.js';
import { directionOf, resolveLocale, translator } from './i18n.js';
import { Messenger } from './messenger.js';
import { Outbox } from './outbox.js';
import { isRoom, roomPlace } from './place.js';
import { Preferences } from './preferences.js';
import { SafeStorage, scopeOf, storageOf } from './storage.js';
import { Times } from './time.js';
import { Transport } from './transport.js';
import { AppView } from './view/app.js';
import { PopupView } from './view/popup.js';

/** What a person does that lets us store something in their browser. */
const INTERACTIONS = ['pointerdown', 'keydown'];

export class Session {
  #ending = new AbortController();

  /** `before`: the session that was here. Where nothing can be stored, what was written and not sent is nowhere else. */
  constructor({ me, identity, settings, root, notify, send, before }) {
    Object.assign(this, { me, identity, settings, root, notify });
    this.api = apiFor(settings.baseUrl, () => this.identity, me.user_id);
    this.scope = scopeOf(settings.baseUrl, me.user_id);
    const { signal } = this.#ending;
    this.kept = before?.scope === this.scope ? before.kept : this.#keep();
    for (const type of INTERACTIONS) root.addEventListener(type, () => this.allowStorage(), { signal, capture: true });
    this.messenger = this.#messenger(me);
    this.#forward();
    this.#show(me, send);
    globalThis.addEventListener('pagehide', () => this.messenger.store.flush(), { signal });
    globalThis.addEventListener('storage', () => this.messenger.writing.watch(), { signal });
    this.messenger.start();
  }

  /** The same person by another token. */
  adopt(identity) {
    const { transport } = this.messenger;
    this.identity = identity;
    if (transport.state === 'stopped' || transport.state === 'refused') transport.start();
    else transport.wake();
  }

  /** Opens the conversation with this user id (or at this place), or (in a popup) just the panel. */
  open(place, { calm = false } = {}) {
    const { view, popup, messenger, settings: { room } } = this;
    view.calm = calm;
    // By the name as it was given: where one is not let in no other is learned.
    if (isRoom(place) && room && place === roomPlace(room)) messenger.openRoom(room);
    else if (place !== undefined) messenger.openAt(Number(place) || place);
    if (!calm) popup?.open();
    view.calm = false;
  }

  /** Opens the conversation with somebody of whom the server just told us who it is. */
  meet(user, how) {
    this.messenger.conversations.learn(user);
    this.open(user.user_id, how);
  }

  close() {
    if (this.popup) this.popup.close();
    else this.messenger.close();
  }

  /** From now on this browser may keep what there is. */
  allowStorage() {
    for (const storage of Object.values(this.kept.held)) storage?.allow?.();
  }

  destroy() {
    this.#ending.abort();
    this.messenger.stop();
    this.view.destroy();
    this.popup?.destroy();
  }

  #keep() {
    const { identity, scope } = this;
    const storage = (name) => (identity.signed ? new HeldStorage(storageOf(name)) : storageOf(name));
    const [session, local, clock] = [storage('sessionStorage'), storage('localStorage'), new ServerClock()];
    const [outbox, drafts, preferences] = [new Outbox(local, scope, { clock }), new Drafts(session, scope), new Preferences(local, scope)];
    return { held: { session, local }, clock, outbox, drafts, preferences };
  }

  #messenger(me) {
    const { settings: { baseUrl }, scope, kept: { held, outbox, clock } } = this;
    const protocols = () => this.#protocols();
    return new Messenger({
      me,
      api: this.api,
      cache: new Cache(held.session, scope),
      outbox,
      serverClock: clock,
      transport: new Transport({ url: socketUrl(baseUrl), protocols, WebSocket: globalThis.WebSocket }),
    });
  }

  #show(me, send) {
    const { locale: wanted, baseUrl, actions, title, mode, back } = this.settings;
    const locale = resolveLocale(wanted || me.locale || globalThis.navigator.language);
    const t = translator(locale);
    const { clock, drafts, preferences } = this.kept;
    const context = { t, locale, baseUrl, clock, times: new Times({ locale, t }), emoji: this.#emoji(locale), drafts, preferences };
    const direction = this.settings.direction ?? directionOf(locale);
    const { messenger } = this;
    const [single, keep] = [mode === 'chatbox' || mode === 'room', mode !== 'inbox'];
    this.view = new AppView({ messenger, context, locale, direction, actions, title, single, keep, back, send });
    if (mode === 'popup') this.#popUp({ context, locale, direction });
    this.root.append((this.popup ?? this.view).node);
  }

  /** What the panel of emoji needs once it is opened. */
  #emoji(locale) {
    return {
      load: () => loadEmoji(this.settings.baseUrl, locale),
      storage: new SafeStorage(this.kept.held.local, `${this.scope}/emoji`),
      words: (catalogs) => translator(locale, catalogs),
    };
  }

  #popUp(options) {
    this.popup = new PopupView({ ...options, face: this.view.node, onOpen: () => this.#seen() });
  }

  /** What was written meanwhile is new to who opens the panel. */
  #seen() {
    const { messenger, view } = this;
    if (messenger.opened) messenger.open(messenger.opened.person);
    else if (!view.list.focus(null)) view.search.input.focus();
  }

  #forward() {
    const { messenger, notify } = this;
    let unread = -1;
    // What the page cancels it says in its own way: we then keep silent about it.
    const unless = (type, detail, say) => notify(type, detail) !== false && !this.#ending.signal.aborted && say(this.view);
    messenger.on('message', (conversation, message) => {
      const { author = conversation.person, ...rest } = message;
      const detail = { userId: author.id, ...conversation.address, name: author.name, ...rest };
      unless('message', detail, (view) => view.heard(conversation, message));
    });
    messenger.on('status', (status) => unless('state', status, (view) => view.status.show(status, this.identity.final)));
    messenger.on('refused', (conversation, errorcode) => unless('error', { ...conversation.address, errorcode }, (view) => view.refused(errorcode, conversation)));
    messenger.on('signedout', (reason) => notify('signedout', { reason }));
    messenger.on('open', (conversation) => notify('open', { userId: null, ...conversation?.address }));
    messenger.on('change', () => {
      if (unread === messenger.conversations.unread) return;
      unread = messenger.conversations.unread;
      unless('unread', { unread }, (view) => this.#count(view, unread));
    });
  }

  #count(view, unread) {
    view.count(unread);
    this.popup?.show(unread);
  }

  async #protocols() {
    const token = await this.identity.token();
    if (token === null) throw new Error('no token');
    return token && ['parley.v1', `parley.bearer.${token}`];
  }
}

/** The HTTP side under whatever identity is the current one. */
export function apiFor(baseUrl, identity, userId) {
  return new Api({ baseUrl, userId, token: () => identity().token(), renew: (stale) => identity().renew(stale) });
}

function socketUrl(baseUrl) {
  const url = new URL(`${baseUrl}/user/chatwebsocket`, globalThis.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
