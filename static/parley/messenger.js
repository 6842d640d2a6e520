// The messenger without a face: everything a view can ask for, and all news it needs. No DOM.
//
// Emits: 'change' (conversation or null: the list), 'message' (conversation, message), 'status' (status),
// 'offline' (conversation), 'refused' (conversation, errorcode), 'full' (), 'open' (conversation or null),
// 'signedout' (reason).
import { Connection } from './connection.js';
import { Conversations } from './conversations.js';
import { cleaned, charactersLeft, isBlank } from './content.js';
import { Courier } from './courier.js';
import { Directory } from './directory.js';
import { ServerClock, systemClock } from './clock.js';
import { Emitter } from './emitter.js';
import { History } from './history.js';
import { Inbound } from './inbound.js';
import { personOf } from './person.js';
import { isPlace, isRoom, roomPerson } from './place.js';
import { PublicRooms } from './public_rooms.js';
import { Receipts } from './receipts.js';
import { RoomNews } from './room_news.js';
import { Rooms } from './rooms.js';
import { Store } from './store.js';
import { TypingSender, TypingWatch } from './typing.js';
import { SENT_OFFLINE } from './codes.js';
import { Writing } from './writing.js';

export class Messenger extends Emitter {
  conversations = new Conversations();
  openId = null;
  /** Whether nobody looks at more of the open conversation than its end: the view knows. */
  isAtEnd = () => false;

  /** `transport`, `api`, `cache` and `outbox` all belong to `me`, a user object. How long is by `clock`, when by `serverClock`. */
  constructor({ me, transport, api, cache, outbox, clock = systemClock, serverClock = new ServerClock(clock), random = Math.random }) {
    super();
    Object.assign(this, { transport, api, cache, outbox, clock, serverClock, random });
    this.me = personOf(me);
    const { conversations } = this;
    this.store = new Store({ cache, conversations, clock });
    this.directory = new Directory({ api, conversations, clock, isLive: (place) => isRoom(place) && this.rooms.isReady(place) });
    this.history = new History({ api, conversations });
    this.rooms = new Rooms({ transport, conversations, store: this.store, me: this.me, clock: serverClock });
    this.inbound = new Inbound({ conversations, store: this.store, rooms: this.rooms });
    this.publicRooms = new PublicRooms({ api, clock });
    const ready = (place) => this.rooms.isReady(place);
    this.receipts = new Receipts({ transport, clock, ready });
    this.courier = new Courier({ outbox, transport, clock, random, ready });
    this.writing = new Writing({ outbox, courier: this.courier, directory: this.directory, conversations, rooms: this.rooms, clock });
    this.typingSender = new TypingSender({ clock, send: (data) => transport.send('typing', data) });
    this.typingWatch = new TypingWatch({ clock, changed: (conversation) => this.emit('change', conversation) });
    Object.assign(this, { connection: new Connection(this), roomNews: new RoomNews(this) });
    this.#listen();
  }

  /** Paints from the cache first, then goes to the network. */
  start() {
    this.store.restore();
    this.writing.restore();
    this.emit('change', null);
    this.transport.start();
  }

  stop() {
    this.typingSender.stop();
    for (const part of ['typingWatch', 'directory', 'receipts', 'courier', 'writing', 'rooms', 'publicRooms', 'roomNews', 'connection']) this[part].stop();
    this.store.close();
    this.transport.stop();
    this.removeAll();
  }

  get status() {
    return this.connection.status;
  }

  get opened() {
    return this.conversations.get(this.openId) ?? null;
  }

  /** Opens the conversation with a person (from the list or found by search). */
  open(person) {
    this.close();
    const conversation = this.conversations.with(person);
    this.openId = conversation.id;
    this.store.restoreLog(conversation);
    this.writing.show(conversation);
    if (conversation.isRoom) this.rooms.enter(conversation);
    else this.history.begin(conversation);
    this.emit('open', conversation);
    return conversation;
  }

  /** Opens by user id or place alone, for links and embedding pages. */
  openAt(place) {
    if (!isPlace(place) || place < 1 || place === this.me.id) return null;
    return this.open(this.directory.at(place).person);
  }

  openRoom(name) {
    return this.open(roomPerson(name));
  }

  close() {
    if (this.openId === null) return;
    this.typingSender.stop();
    this.opened?.trim();
    this.openId = null;
    this.emit('open', null);
  }

  /** The message now on its way, or null when there is nothing to send or no room for it. */
  send(text, id = this.openId) {
    const content = cleaned(text);
    if (id === null || isBlank(content) || charactersLeft(content) < 0) return null;
    const item = this.writing.add(id, content);
    if (!item) return this.emit('full') ?? null;
    this.typingSender.stop();
    return item;
  }

  /** The person really saw everything up to this seq. */
  saw(conversation, seq) {
    if (seq <= conversation.readSeq) return;
    conversation.readUpTo(seq);
    conversation.unsaid = true;
    this.#changed(conversation);
  }

  typed(text) {
    if (this.openId !== null && !isRoom(this.openId)) this.typingSender.typed(this.openId, !isBlank(text));
  }

  loadOlder() {
    return this.opened && this.history.older(this.opened);
  }

  /** The server's storage is another one: begin anew, keeping only what the person wrote and where they are. */
  forget() {
    const person = this.opened?.person;
    for (const part of [this.store, this.directory, this.receipts]) part.forget();
    this.conversations.clear();
    if (person) this.conversations.with(person);
    this.writing.showAll();
    this.emit('change', null);
  }

  #listen() {
    const { inbound, courier, directory, history, receipts, rooms, transport, writing } = this;
    const { strangers } = directory;
    transport.on('packet', (packet) => inbound.take(packet));
    inbound.on('change', (conversation) => this.#received(conversation));
    inbound.on('standing', (conversation) => this.#changed(conversation));
    inbound.on('message', (conversation, message) => strangers.tell(conversation.id, () => this.emit('message', conversation, message)));
    inbound.on('stored', (clientId) => this.outbox.remove(clientId));
    inbound.on('typing', (conversation, on) => this.typingWatch.set(conversation, on));
    inbound.on('stranger', (id) => strangers.meet(id));
    directory.on('learned', (conversation) => this.#received(conversation));
    directory.on('listed', () => this.emit('change', null));
    history.on('change', (conversation) => this.#loaded(conversation));
    rooms.on('change', (room) => this.#received(room));
    rooms.on('entered', () => receipts.resume());
    rooms.on('entered', (room) => room === this.opened && history.begin(room));
    rooms.on('elsewhere', (room, there) => (room === this.opened ? this.open(there.person) : rooms.enter(there)));
    rooms.on('refused', (room, code) => this.emit('refused', room, code));
    writing.on('change', (conversation) => this.emit('change', conversation));
    courier.on('stored', (packet) => this.#carried(packet));
    courier.on('refused', (item, code) => this.#refused(item, code));
  }

  /** News of a conversation: the server may hear that we have it, and a hole in what is being looked at is filled. */
  #received(conversation) {
    if (conversation.unread && !conversation.isRoom) this.receipts.delivered(conversation.id, conversation.lastSeq);
    const open = conversation.id === this.openId;
    if (open && conversation.gaps.length) this.history.complete(conversation);
    else if (conversation.log.length > 400 && (!open || this.isAtEnd())) conversation.trim();
    this.#changed(conversation);
  }

  #loaded(conversation) {
    for (const { clientId } of conversation.log) if (clientId && this.outbox.has(clientId)) this.outbox.remove(clientId);
    this.#changed(conversation);
  }

  #carried(packet) {
    const conversation = this.conversations.get(packet.data?.user_id);
    if (packet.errorcode === SENT_OFFLINE && !packet.data?.dup && conversation) this.emit('offline', conversation);
  }

  #refused(item, code) {
    const conversation = this.directory.at(item.other);
    this.writing.show(conversation);
    this.emit('refused', conversation, code);
  }

  #changed(conversation) {
    if (conversation.unsaid) this.receipts.read(conversation.id, conversation.readSeq);
    conversation.unsaid = false;
    this.store.save(conversation);
    this.emit('change', conversation);
  }
}
