// What was written and is not stored yet: kept in the outbox, shown in its conversation, carried by the courier.
import { NOT_ALLOWED } from './codes.js';
import { Emitter } from './emitter.js';

/** Time enough for another tab to send what was written there: if it has not, it may be gone. */
const TURN = 10_000;

/** Emits: 'change' (conversation), 'moved' (room, the room that it is to the server). */
export class Writing extends Emitter {
  #timer = null;

  constructor({ outbox, courier, directory, conversations, rooms, clock }) {
    super();
    Object.assign(this, { outbox, courier, directory, conversations, rooms, clock });
    rooms.on('entered', () => courier.flush());
    rooms.on('shut', (room) => this.#giveUp(room));
    rooms.on('elsewhere', (room, there) => this.#move(room, there));
  }

  /** The message now on its way, or null when there is no room for it. */
  add(place, content) {
    const item = this.outbox.add(place, content);
    if (item) this.#moved(place);
    return item;
  }

  retry({ clientId, other }) {
    this.outbox.retry(clientId);
    this.#moved(other);
  }

  discard({ clientId, other }) {
    this.outbox.remove(clientId);
    this.show(this.directory.at(other));
  }

  /** After a reload: whatever was left has a conversation to stand in, and can be sent from there. */
  restore() {
    for (const { other, error } of this.outbox.items()) {
      const conversation = this.directory.at(other);
      if (!error && !this.rooms.isReady(other)) this.rooms.enter(conversation);
    }
    this.showAll();
  }

  /** Other tabs write as well, and may be closed before they could send it: then it is up to us. */
  watch() {
    this.#timer ??= this.clock.setTimeout(() => {
      this.#timer = null;
      if (!this.outbox.refresh()) return;
      this.restore();
      this.courier.flush();
    }, TURN);
  }

  stop() {
    this.clock.clearTimeout(this.#timer);
  }

  showAll() {
    this.conversations.all().forEach((conversation) => this.show(conversation));
  }

  show(conversation) {
    conversation.setPending(this.outbox.items(conversation.id));
    this.emit('change', conversation);
  }

  /** Nothing of it is sent, now or after a reload: that would mean coming in again. */
  #giveUp(room) {
    for (const { clientId, error } of this.outbox.items(room.id)) if (!error) this.outbox.fail(clientId, NOT_ALLOWED);
    this.show(room);
  }

  #move(from, to) {
    for (const { clientId } of this.outbox.items(from.id)) this.outbox.update(clientId, { other: to.id });
    this.show(to);
    this.emit('moved', from, to);
  }

  #moved(place) {
    this.show(this.directory.at(place));
    this.courier.flush();
  }
}
