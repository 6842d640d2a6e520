// What was written and is not stored yet: kept in the outbox, shown in its conversation, carried by the courier.
import { Emitter } from './emitter.js';

/** Emits: 'change' (conversation). */
export class Writing extends Emitter {
  constructor({ outbox, courier, directory, conversations }) {
    super();
    Object.assign(this, { outbox, courier, directory, conversations });
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

  /** After a reload: whatever was left has a conversation to stand in. Gives these. */
  restore() {
    const left = this.outbox.items().map(({ other }) => this.directory.at(other));
    this.showAll();
    return left;
  }

  showAll() {
    this.conversations.all().forEach((conversation) => this.show(conversation));
  }

  show(conversation) {
    conversation.setPending(this.outbox.items(conversation.id));
    this.emit('change', conversation);
  }

  #moved(place) {
    this.show(this.directory.at(place));
    this.courier.flush();
  }
}
