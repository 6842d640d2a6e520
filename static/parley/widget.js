// Puts a messenger into an element: the one place where logic, view, storage and network meet.
import { Api, ApiError } from './api.js';
import { Cache } from './cache.js';
import { systemClock } from './clock.js';
import { Drafts } from './drafts.js';
import { directionOf, resolveLocale, translator } from './i18n.js';
import { Messenger } from './messenger.js';
import { Outbox } from './outbox.js';
import { Preferences } from './preferences.js';
import { wipe } from './storage.js';
import { Times } from './time.js';
import { Transport } from './transport.js';
import { AppView } from './view/app.js';

/** What can be set. `notify(type, detail)` hears of every event; returning false refuses what can be refused. */
export const defaults = {
  baseUrl: '',
  /** A bearer token, or a function that gives one (also later, when it has expired). None: the cookie says who. */
  token: null,
  /** The signed-in user object where the page knows it already; asked for otherwise. */
  me: null,
  /** User id of the person to open at once. */
  with: null,
  locale: null,
  direction: null,
  /** Show the number of unread messages in the page's title. */
  title: true,
  /** Buttons beside one's own name: [{label, icon, run}]. */
  actions: [],
};

export class Widget {
  #gone = false;

  constructor(element, settings, notify = () => true) {
    Object.assign(this, { element, settings: { ...defaults, ...settings }, notify });
    this.api = new Api({ baseUrl: this.settings.baseUrl, token: () => this.#token() });
    this.ready = this.#start();
  }

  get unread() {
    return this.messenger?.conversations.unread ?? 0;
  }

  /** Opens the conversation with this user id. */
  open(id) {
    return this.messenger?.openUser(Number(id));
  }

  close() {
    this.messenger?.close();
  }

  /** Sends to the open conversation; false when that was not possible or was refused by a listener. */
  send(text) {
    const { messenger } = this;
    if (!messenger || messenger.openId === null) return false;
    if (this.notify('beforesend', { userId: messenger.openId, content: text }) === false) return false;
    return messenger.send(text) !== null;
  }

  /** Stops, and removes everything that Parley stored in this browser. To be called when the person signs out. */
  wipe() {
    this.messenger?.stop();
    wipe(globalThis.sessionStorage);
    wipe(globalThis.localStorage);
  }

  /** Shows a short word in the widget's own manner. */
  notice(text) {
    this.view?.toast.say(String(text));
  }

  /** How many messages are written and not yet stored by the server. */
  get unsent() {
    return this.messenger?.outbox.size ?? 0;
  }

  destroy() {
    this.#gone = true;
    globalThis.removeEventListener('pagehide', this.flush);
    this.messenger?.stop();
    this.view?.destroy();
  }

  async #start() {
    try {
      const me = this.settings.me ?? (await this.api.me());
      if (this.#gone) return;
      if (me) this.#assemble(me);
      else this.notify('signedout', { reason: 'nobody' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.notify('error', { errorcode: error.errorcode, message: error.message });
    }
  }

  #assemble(me) {
    const { locale: wanted, baseUrl } = this.settings;
    const locale = resolveLocale(wanted ?? me.locale ?? globalThis.navigator.language);
    const t = translator(locale);
    const scope = `${baseUrl}/${me.user_id}`;
    const drafts = new Drafts(globalThis.sessionStorage, scope);
    const preferences = new Preferences(globalThis.localStorage, scope);
    const context = { t, locale, baseUrl, clock: systemClock, times: new Times({ locale, t }), drafts, preferences };
    this.messenger = this.#messenger(me);
    this.#forward();
    const direction = this.settings.direction ?? directionOf(locale);
    const { actions, title } = this.settings;
    const send = (text) => this.send(text);
    this.view = new AppView({ messenger: this.messenger, context, locale, direction, actions, title, send });
    this.element.append(this.view.node);
    this.flush = () => this.messenger.store.flush();
    globalThis.addEventListener('pagehide', this.flush);
    this.messenger.start();
    if (this.settings.with !== null) this.open(this.settings.with);
    this.notify('ready', { me });
  }

  #messenger(me) {
    const { baseUrl } = this.settings;
    const scope = `${baseUrl}/${me.user_id}`;
    return new Messenger({
      me,
      api: this.api,
      cache: new Cache(globalThis.sessionStorage, scope),
      outbox: new Outbox(globalThis.localStorage, scope),
      transport: new Transport({ url: socketUrl(baseUrl), protocols: () => this.#protocols(), WebSocket: globalThis.WebSocket }),
    });
  }

  #forward() {
    const { messenger, notify } = this;
    let unread = -1;
    messenger.on('message', ({ id, person }, message) => notify('message', { userId: id, name: person.name, ...message }));
    messenger.on('status', (status) => notify('state', status));
    messenger.on('refused', ({ id }, errorcode) => notify('error', { userId: id, errorcode }));
    messenger.on('signedout', (reason) => notify('signedout', { reason }));
    messenger.on('open', (conversation) => notify('open', { userId: conversation?.id ?? null }));
    messenger.on('change', () => {
      if (unread === this.unread) return;
      unread = this.unread;
      notify('unread', { unread });
    });
  }

  async #token() {
    const { token } = this.settings;
    return typeof token === 'function' ? token() : token ?? undefined;
  }

  async #protocols() {
    const token = await this.#token();
    return token ? ['parley.v1', `parley.bearer.${token}`] : undefined;
  }
}

function socketUrl(baseUrl) {
  const url = new URL(`${baseUrl}/user/chatwebsocket`, globalThis.location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
