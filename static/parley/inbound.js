// What the server pushes, turned into changes of the conversations. Anything malformed is passed over.
import { EVENT, MESSAGE, SENT_OFFLINE, SENT_ONLINE } from './codes.js';
import { Emitter } from './emitter.js';
import { isSeq, messageOf } from './entry.js';
import { personOf } from './person.js';

/** Emits: 'change' (conversation), 'message' (conversation, message), 'stored' (client_id), 'stranger' (id), 'typing' (conversation, on). */
export class Inbound extends Emitter {
  constructor({ conversations, store }) {
    super();
    Object.assign(this, { conversations, store });
  }

  take({ errorcode, data }) {
    if (errorcode === MESSAGE || errorcode === SENT_ONLINE || errorcode === SENT_OFFLINE) this.#message(errorcode, data);
    else if (errorcode === EVENT) this.#event(data);
  }

  /** A conversation's part of a sync answer. */
  takeMoved(moved) {
    if (!Number.isSafeInteger(moved?.user_id)) return;
    const conversation = this.#conversation(moved.user_id);
    const before = conversation.lastSeq;
    if (moved.reset && moved.last_seq < conversation.lastSeq) conversation.rewind();
    if (moved.reset) conversation.replace(moved.logs);
    else conversation.add(moved.logs);
    conversation.learn(moved);
    for (const { clientId } of conversation.log) if (clientId) this.emit('stored', clientId);
    this.emit('change', conversation);
    const newest = conversation.log.at(-1);
    if (newest && !newest.mine && newest.seq > before) this.emit('message', conversation, newest);
  }

  #message(errorcode, data) {
    const message = messageOf(data?.data);
    if (!message || !Number.isSafeInteger(data.user_id)) return;
    const conversation = this.#conversation(data.user_id);
    const fresh = conversation.add([data.data]);
    if (message.clientId) this.emit('stored', message.clientId);
    if (errorcode === SENT_ONLINE) conversation.online = true;
    if (errorcode === SENT_OFFLINE && !data.dup) conversation.online = false;
    if (!message.mine) this.emit('typing', conversation, false);
    this.emit('change', conversation);
    if (fresh && !message.mine) this.emit('message', conversation, message);
  }

  #event(data) {
    const conversation = this.conversations.get(data?.user_id);
    if (!conversation) return;
    if (data.event === 'typing') return this.emit('typing', conversation, data.on === true);
    if (data.event === 'presence') conversation.learn({ online: data.online === true, last_seen: data.last_seen });
    if (data.event === 'read' && isSeq(data.seq)) this.#read(conversation, data);
    if (data.event === 'delivered' && isSeq(data.seq) && data.by === '<') conversation.otherDeliveredUpTo(data.seq);
    if (data.event === 'presence' && !conversation.online) this.emit('typing', conversation, false);
    this.emit('change', conversation);
  }

  #read(conversation, { seq, by }) {
    if (by === '<') conversation.otherReadUpTo(seq);
    else conversation.readUpTo(seq);
  }

  #conversation(id) {
    const known = this.conversations.get(id);
    const conversation = known ?? this.conversations.with(personOf({ user_id: id }));
    if (!known) this.emit('stranger', id);
    this.store.restoreLog(conversation);
    return conversation;
  }
}
