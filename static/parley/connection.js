// From "the socket is open" to "nothing is missing": hello, epoch, list, sync, then the outbox; and what
// to do when the server does not want us any more.
import { Backoff } from './backoff.js';
import { CLOSED_IDENTITY, EVENT } from './codes.js';

/** A list or a sync that failed while the socket lives is tried again after this at the earliest. */
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
  /** Of what we hold; the cache may be nowhere, or emptied by the page. */
  #epoch = null;
  /** Since the page was loaded: what a sync brings now was written meanwhile. */
  #caughtUp = false;

  constructor(messenger) {
    this.messenger = messenger;
    this.backoff = new Backoff(messenger.random);
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
    this.backoff.reset();
    const { messenger } = this;
    messenger.serverClock.follow(time);
    if (user?.user_id !== messenger.me.id) return this.#signedOut('switched');
    const { cache } = messenger;
    if ((this.#epoch ?? cache.epoch ?? epoch) !== epoch) {
      messenger.forget();
      this.#caughtUp = false;
    }
    this.#epoch = cache.epoch = epoch;
    return this.#catchUp();
  }

  /** `listed`: whether the list could be had. */
  async #catchUp(listed = this.#list()) {
    const { conversations, inbound } = this.messenger;
    const round = ++this.#round;
    // Without any seq to name, sync would bring every conversation there is: the list is the better start.
    if (conversations.ordered().length === 0) await listed;
    const known = new Set(conversations.ordered());
    const moved = await this.#sync();
    if (round !== this.#round) return;
    if (moved === null) return this.#again(() => this.#catchUp(listed));
    moved.forEach((one) => inbound.takeMoved(one, (conversation) => this.#caughtUp || known.has(conversation)));
    this.#resume();
    const had = await listed; // which rooms have been left elsewhere
    if (round !== this.#round) return;
    this.messenger.rooms.restart();
    if (!had) this.#listAgain(round);
  }

  #list() {
    return this.messenger.directory.list().then(() => true, () => false);
  }

  #listAgain(round) {
    if (round === this.#round) this.#again(async () => (await this.#list()) || this.#listAgain(round));
  }

  /** The conversations that moved, and how the others stand; null when the server could not say. */
  async #sync() {
    const { transport, conversations } = this.messenger;
    const packet = await transport.request('sync', { ...conversations.held(), all: true }).catch(() => null);
    if (packet?.errorcode !== EVENT) return null;
    return [packet.data?.conversations, packet.data?.rooms].filter(Array.isArray).flat();
  }

  #resume() {
    const { messenger } = this;
    this.#caughtUp = true;
    this.#tell({ state: 'online', retryAt: null, code: null });
    messenger.receipts.restart();
    messenger.courier.restart();
    messenger.writing.watch();
    if (messenger.opened) messenger.history.complete(messenger.opened);
  }

  #again(action) {
    this.#timer = this.messenger.clock.setTimeout(action, Math.max(AGAIN, this.backoff.next()));
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
    // A clock that was set back must not make it longer.
    const wait = Math.min(IDENTITY_RETRY, Math.max(0, this.#restarted + IDENTITY_RETRY - clock.now()));
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
