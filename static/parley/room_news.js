// The rooms one is a member of without being in them on this connection: nothing is pushed of those, so
// they are asked for now and then, while somebody can see the page.
const FRESH = 30_000;

export class RoomNews {
  #visible = false;
  #asking = false;
  #timer = null;

  constructor(messenger) {
    this.messenger = messenger;
    messenger.on('status', () => this.#later()); // catching up has just brought the list
  }

  /** Whether anybody can see the page. */
  show(visible) {
    this.#visible = visible;
    if (visible) this.#ask();
    else this.stop();
  }

  stop() {
    this.messenger.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  get #wanted() {
    return this.#visible && !this.#asking && this.messenger.status.state === 'online';
  }

  #later() {
    this.stop();
    if (this.#wanted) this.#timer = this.messenger.clock.setTimeout(() => this.#turn(), FRESH);
  }

  /** Who is a member of nothing else costs the server nothing. */
  #turn() {
    if (this.messenger.directory.hasQuietRooms) this.#ask();
    else this.#later();
  }

  async #ask() {
    this.stop();
    if (!this.#wanted) return;
    this.#asking = true;
    await this.messenger.directory.refreshRooms().catch(() => undefined); // the next turn comes anyway
    this.#asking = false;
    this.#later();
  }
}
