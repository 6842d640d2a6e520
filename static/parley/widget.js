// A messenger in an element: its settings, its methods, and whose it is at the moment.
import { ApiError } from './api.js';
import { Backoff } from './backoff.js';
import { systemClock } from './clock.js';
import { NOT_FOUND } from './codes.js';
import { defaults, FACE, WHO } from './defaults.js';
import { Identity } from './identity.js';
import { roomPlace } from './place.js';
import { apiFor, Session } from './session.js';
import { wipeBrowser } from './storage.js';
import { Mount } from './view/mount.js';
import { unreachable } from './view/unreachable.js';

export class Widget {
  session = null;
  /** The session that was here last, as long as its person may be back. */
  #before = null;
  #round = 0;
  #excuse = null;
  #timer = null;
  #backoff = new Backoff(Math.random);

  constructor(element, settings, notify = () => true) {
    Object.assign(this, { element, settings: { ...defaults, ...settings }, notify });
    this.#place();
    this.#identify(this.settings.me);
  }

  get messenger() {
    return this.session?.messenger;
  }

  get view() {
    return this.session?.view;
  }

  get unread() {
    return this.messenger?.conversations.unread ?? 0;
  }

  /** How many messages are written and not yet stored by the server. */
  get unsent() {
    return this.messenger?.outbox.size ?? 0;
  }

  /** Changes settings. Another account means another session, in the same place. */
  set(changes) {
    const before = { ...this.settings };
    Object.assign(this.settings, changes);
    const changed = (name) => this.settings[name] !== before[name];
    if (changed('theme')) this.mount.dye(this.settings.theme);
    if (['tokenProvider', 'tokenUrl'].some(changed)) this.settings.token = changes.token ?? null; // not that of the one before
    if (WHO.some(changed)) this.#identify(changed('me') ? this.settings.me : null);
    else if (FACE.some(changed) && this.session) this.#begin(this.session.me, this.session.identity);
    else if (changed('with')) this.#goTo(this.settings.with);
    else if (changed('room')) this.enter(this.settings.room);
  }

  /** Opens the conversation with this user id, as soon as we know who we are; without one a popup's panel. */
  open(id) {
    if (!this.session && id !== undefined) this.settings.with = Number(id);
    this.session?.open(id);
  }

  /** Into the room of this name, as soon as we know who we are. */
  enter(name, how) {
    this.settings.room = name;
    if (name) this.session?.open(roomPlace(name), how);
  }

  close() {
    this.session?.close();
  }

  /** Sends to the open conversation; false when that was not possible or was refused by a listener. */
  send(text) {
    const { messenger } = this;
    if (!messenger || messenger.openId === null) return false;
    if (this.notify('beforesend', { ...messenger.opened?.address, content: text }) === false || messenger !== this.messenger) return false;
    this.session.allowStorage();
    return messenger.send(text) !== null;
  }

  /** Ends, and removes everything that Parley stored in this browser. To be called at sign-out. `own`: only what is this person's; 'session': of that what would end with the tab. */
  wipe(own) {
    const scope = this.session?.scope;
    this.#leave();
    if (!own) wipeBrowser();
    else if (scope) wipeBrowser(scope, own === 'session' ? [own] : undefined);
  }

  /** Shows a short word in the widget's own manner. */
  notice(text) {
    this.view?.toast.say(String(text));
  }

  destroy() {
    this.#leave();
    this.mount.destroy();
  }

  /** Finds out who we are, however often that takes, and goes on as that person. */
  async #identify(known) {
    const round = ++this.#round;
    const identity = new Identity(this.settings);
    systemClock.clearTimeout(this.#timer);
    // Whoever was here is neither shown nor sent for while it is not known whether they still are.
    if (identity.isOf(this.session?.identity)) this.session.identity = identity;
    else if (!known) this.#end();
    try {
      const me = known ?? (await apiFor(this.settings.baseUrl, () => identity).me());
      if (round !== this.#round) return;
      this.#backoff.reset();
      this.#become(me, identity);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (round === this.#round) this.#askAgain(known, error);
    }
  }

  #become(me, identity) {
    if (me && this.session?.me.user_id === me.user_id) return this.session.adopt(identity);
    if (me) return this.#begin(me, identity);
    this.#leave();
    return this.notify('signedout', { reason: 'nobody' });
  }

  #askAgain(known, { errorcode, message }) {
    this.#timer = systemClock.setTimeout(() => this.#identify(known), this.#backoff.next());
    if (!this.session && this.mount.kind === 'panel') this.mount.root.append(this.#excuse ??= unreachable(this.settings));
    this.notify('error', { errorcode, message });
  }

  #begin(me, identity) {
    this.#end();
    this.#place();
    const { settings } = this;
    const before = this.#before;
    this.#before = null;
    const notify = (type, detail) => (type === 'signedout' && this.session?.identity.switched ? this.#takeOver() : this.notify(type, detail));
    const send = (text) => this.send(text);
    this.session = new Session({ me, identity, settings, root: this.mount.root, notify, send, before });
    const open = before?.kept === this.session.kept ? before.messenger.openId : null;
    const wanted = notify('ready', { me }) !== false && open === null ? settings : {};
    if (open !== null) this.session?.open(open, { calm: true });
    else if (wanted.room) this.enter(wanted.room, { calm: identity.signed });
    else this.#goTo(wanted.with ?? null, { calm: identity.signed });
  }

  /** There are tokens of somebody else now, so the text that the page gave is out of date. */
  #takeOver() {
    if (typeof this.settings.token === 'string') this.settings.token = null;
    return this.#identify(null);
  }

  /** A popup floats above the page, wherever the element stands. */
  #place() {
    const kind = this.settings.mode === 'popup' ? 'popup' : 'panel';
    if (this.mount?.kind === kind) return;
    this.mount?.destroy();
    this.mount = new Mount(kind === 'popup' ? document.body : this.element, this.settings.styles, kind, this.settings.theme);
  }

  /** For good: nothing waits for an answer or for the person any more. */
  #leave() {
    this.#end();
    this.#before = null;
    this.#round += 1;
    systemClock.clearTimeout(this.#timer);
  }

  #end() {
    this.#excuse = void this.#excuse?.remove();
    this.#before = this.session ?? this.#before;
    this.session?.destroy();
    this.session = null;
  }

  /** To the conversation with a user id or a username. */
  async #goTo(whom, { calm = false } = {}) {
    const { session } = this;
    if (!session || whom === null || whom !== this.settings.with) return;
    if (typeof whom === 'number') return void session.open(whom, { calm });
    session.view.welcome.show('coming');
    const user = await session.api.userNamed(whom).catch((error) => error);
    if (session !== this.session || whom !== this.settings.with) return;
    session.view.welcome.show(user ? 'choose' : 'nobody');
    if (user?.user_id) session.meet(user, { calm });
    else this.#miss(whom, user?.errorcode ?? NOT_FOUND, calm);
  }

  /** Nobody of that name; or we could not ask, and do so again. */
  #miss(username, errorcode, calm) {
    this.notify('error', { errorcode, username });
    if (errorcode === NOT_FOUND) return;
    this.session.view.welcome.show('coming');
    this.#timer = systemClock.setTimeout(() => this.#goTo(username, { calm }), this.#backoff.next());
  }
}
