// From "the socket is open" to "nothing is missing": hello, epoch, list, sync, then the outbox; and what
// to do when the server does not want us any more.
import { CLOSED_IDENTITY, EVENT } from './codes.js';

/** A list or a sync that failed while the socket lives is tried again after this. */
const AGAIN = 2_000;
/** A refused handshake looks like a dead server: ask who we are on the first failure and every few after. */
const ASK_EVERY = 4;
/** A token that has run out and was renewed is taken up at once; one that is refused again and again is not. */
const IDENTITY_RETRY = 5_000;

export class Connection {
  status = { state: 'stopped', retryAt: null, code: null };
  #failures = 0;
  #timer = null;
  #round = 0;
  #restarted = -Infinity;
  #before = null;

  constructor(messenger) {
    this.messenger = messenger;
    messenger.transport.on('state', (status) => this.#moved(status));
    messenger.transport.on('packet', () => this.#before && this.#tell(this.#before));
    messenger.transport.on('hello', (hello) => this.#greeted(hello));
    messenger.api.refused = () => this.#askWhoWeAre();
  }

  stop() {
    this.#round += 1;
    this.messenger.clock.clearTimeout(this.#timer);
  }

  /** The network went, they say: an idle socket would look alive for half a minute. What arrives on it proves it. */
  doubt() {
    const { transport } = this.messenger;
    if (!transport.online || this.#before) return;
    const before = this.status;
    this.#tell({ state: 'waiting', retryAt: null, code: null });
    this.#before = before;
    transport.wake();
  }

  #moved({ state, retryAt, code }) {
    this.stop();
    const expired = state === 'refused' && code === CLOSED_IDENTITY;
    // That a token has expired is nothing the person has to know: the host may have the next one.
    const shown = { online: 'catching-up', refused: expired ? 'connecting' : 'refused' }[state] ?? state;
    this.#tell({ state: shown, retryAt, code });
    if (state === 'waiting') this.#lost();
    if (state === 'refused') this.#askWhoWeAre(() => expired && this.#startAgain());
  }

  #greeted({ user, epoch, time }) {
    this.#failures = 0;
    const { messenger } = this;
    messenger.serverClock.follow(time);
    if (user?.user_id !== messenger.me.id) return this.#signedOut('switched');
    const { cache } = messenger;
    if (cache.epoch !== null && cache.epoch !== epoch) messenger.forget();
    cache.epoch = epoch;
    return this.#catchUp();
  }

  async #catchUp() {
    const { messenger } = this;
    const round = ++this.#round;
    const listed = messenger.directory.list().then(() => true, () => false);
    // Without any seq to name, sync would bring every conversation there is: the list is the better start.
    if (messenger.conversations.ordered().length === 0) await listed;
    const moved = await this.#sync();
    if (round !== this.#round) return;
    if (moved === null) return this.#again();
    moved.forEach((conversation) => messenger.inbound.takeMoved(conversation));
    this.#resume();
    if (!(await listed) && round === this.#round) this.#again();
  }

  /** The conversations that moved, or null when the server could not say. */
  async #sync() {
    const { transport, conversations } = this.messenger;
    const packet = await transport.request('sync', conversations.held()).catch(() => null);
    if (packet?.errorcode !== EVENT) return null;
    return [packet.data?.conversations, packet.data?.rooms].filter(Array.isArray).flat();
  }

  #resume() {
    const { messenger } = this;
    this.#tell({ state: 'online', retryAt: null, code: null });
    messenger.rooms.restart();
    messenger.receipts.restart();
    messenger.courier.restart();
    if (messenger.opened) messenger.history.complete(messenger.opened);
  }

  #again() {
    this.#timer = this.messenger.clock.setTimeout(() => this.#catchUp(), AGAIN);
  }

  #lost() {
    const { api, transport } = this.messenger;
    const { renewals } = api;
    if (this.#failures++ % ASK_EVERY !== 0) return;
    this.#askWhoWeAre(() => {
      if (api.renewals !== renewals) transport.wake();
    });
  }

  /** In another tab somebody else may have signed in, where a cookie says who. */
  async #askWhoWeAre(stillUs) {
    const { api, me } = this.messenger;
    const now = await api.me().catch(() => undefined);
    if (now === null) this.#signedOut('expired');
    else if (now && now.user_id !== me.id) this.#signedOut('switched');
    else stillUs?.();
  }

  #startAgain() {
    const { clock, transport } = this.messenger;
    const wait = Math.max(0, this.#restarted + IDENTITY_RETRY - clock.now());
    this.#timer = clock.setTimeout(() => {
      this.#restarted = clock.now();
      transport.start();
    }, wait);
  }

  /** Said once, however many answers say it. */
  #signedOut(reason) {
    if (this.status.state === 'refused' && this.status.code === CLOSED_IDENTITY) return;
    this.messenger.transport.stop();
    this.#tell({ state: 'refused', retryAt: null, code: CLOSED_IDENTITY });
    this.messenger.emit('signedout', reason);
  }

  #tell(status) {
    this.#before = null;
    this.status = status;
    this.messenger.emit('status', status);
  }
}
