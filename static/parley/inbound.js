// What the server pushes, turned into changes of the conversations. Anything malformed is passed over.
import { EVENT, MESSAGE, SENT_OFFLINE, SENT_ONLINE } from './codes.js';
import { Emitter } from './emitter.js';
import { isSeq, messageOf } from './entry.js';
import { lastSeq } from './log.js';
import { whoseIs } from './place.js';

/** Emits: 'change' (conversation), 'standing' (conversation: nothing was written there), 'message' (conversation, message), 'stored' (client_id), 'stranger' (id), 'typing' (conversation, on). */
export class Inbound extends Emitter {
  /** `rooms` hears what happens in rooms, except for what is written there. */
  constructor({ conversations, store, rooms }) {
    super();
    Object.assign(this, { conversations, store, rooms });
  }

  take({ errorcode, data }) {
    if (errorcode === MESSAGE || errorcode === SENT_ONLINE || errorcode === SENT_OFFLINE) this.#message(errorcode, data);
    else if (errorcode === EVENT) this.#event(data);
  }

  /** A conversation's part of a sync answer; `isNews` (conversation): whether what is written there is to be told of. */
  takeMoved(moved, isNews) {
    const conversation = this.#conversation(moved);
    if (!conversation) return;
    const before = lastSeq(conversation.log);
    if (moved.reset && moved.last_seq < conversation.lastSeq) conversation.rewind();
    if (moved.reset) conversation.replace(moved.logs);
    else conversation.add(moved.logs);
    conversation.learn(moved);
    for (const { clientId } of conversation.log) if (clientId) this.emit('stored', clientId);
    const newest = conversation.log.at(-1);
    const grown = newest?.seq > before;
    this.emit(grown || moved.reset ? 'change' : 'standing', conversation);
    if (grown && !newest.mine && newest.seq > conversation.readSeq && isNews(conversation)) this.emit('message', conversation, newest);
  }

  #message(errorcode, data) {
    const message = messageOf(data?.data);
    const conversation = message && this.#conversation(data);
    if (!conversation) return;
    const fresh = conversation.add([data.data]);
    if (message.clientId) this.emit('stored', message.clientId);
    if (!conversation.isRoom) this.#reached(conversation, errorcode, data);
    if (!message.mine) this.emit('typing', conversation, false);
    this.emit('change', conversation);
    if (fresh && !message.mine) this.emit('message', conversation, message);
  }

  #reached(conversation, errorcode, { dup }) {
    const online = errorcode === SENT_ONLINE;
    if (online || (errorcode === SENT_OFFLINE && !dup)) this.#tell(conversation, { online });
  }

  /** What is pushed is newer than any answer that is still on its way. */
  #tell(conversation, facts) {
    conversation.told = ++this.conversations.turn;
    conversation.learn(facts);
  }

  #event(data) {
    if (data?.event === 'room-message') return this.#message(EVENT, data);
    if (typeof data?.room === 'string') return this.rooms.take(data);
    const conversation = this.conversations.get(data?.user_id);
    if (!conversation) return;
    if (data.event === 'typing') return this.emit('typing', conversation, data.on === true);
    if (data.event === 'presence') this.#tell(conversation, { online: data.online === true, last_seen: data.last_seen });
    if (data.event === 'read' && isSeq(data.seq)) this.#read(conversation, data);
    if (data.event === 'delivered' && isSeq(data.seq) && data.by === '<') conversation.otherDeliveredUpTo(data.seq);
    if (data.event === 'presence' && !conversation.online) this.emit('typing', conversation, false);
    this.emit('change', conversation);
  }

  #read(conversation, { seq, by }) {
    if (by === '<') conversation.otherReadUpTo(seq);
    else conversation.readUpTo(seq);
  }

  /** Null when the packet names nobody. */
  #conversation(facts) {
    const person = whoseIs(facts);
    if (!person) return null;
    const known = this.conversations.get(person.id);
    const conversation = known ?? this.conversations.with(person);
    if (!known && !conversation.isRoom) this.emit('stranger', person.id);
    this.store.restoreLog(conversation);
    return conversation;
  }
}
