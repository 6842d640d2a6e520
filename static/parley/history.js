// Loads pages of history into conversations: the newest, older ones, and what fills a gap.
// Each page is asked for once at a time, however often the view scrolls.
import { Emitter } from './emitter.js';
import { firstSeq, lastSeq } from './log.js';

const PAGE = 50;
const LARGE_PAGE = 100;
/** More than this nobody reads from its beginning: then the end is shown. */
const MOST_UNREAD = 500;

/** Emits: 'change' (conversation) when a page came, began to load, or failed. */
export class History extends Emitter {
  #states = new WeakMap();

  constructor({ api, conversations }) {
    super();
    Object.assign(this, { api, conversations });
  }

  /** loading, failed or idle. */
  stateOf(conversation) {
    return this.#states.get(conversation) ?? 'idle';
  }

  older(conversation) {
    return conversation.hasOlder && this.#during(conversation, async () => {
      const came = await this.#olderPage(conversation, PAGE);
      return came && this.#all(conversation); // what was pushed meanwhile may have left a hole
    });
  }

  /** Everything that a look at this conversation needs and that we do not hold. */
  complete(conversation) {
    return conversation.readable && this.#lacks(conversation) && this.#during(conversation, () => this.#all(conversation));
  }

  /** The same for a first look: it begins where the unread part begins, so that comes whole, if it is not too much. */
  begin(conversation) {
    if (!conversation.readable || (!this.#lacks(conversation) && !lacksUnread(conversation))) return undefined;
    return this.#during(conversation, async () => (await this.#all(conversation)) && this.#unread(conversation));
  }

  #lacks({ loaded, log, lastSeq: last, gaps }) {
    return !loaded || lastSeq(log) < last || gaps.length > 0;
  }

  async #all(conversation) {
    const whole = conversation.loaded && lastSeq(conversation.log) >= conversation.lastSeq;
    return (whole || (await this.#newest(conversation))) && this.#fill(conversation);
  }

  #newest(conversation) {
    return this.#page(conversation, { limit: PAGE }, ({ logs }) => {
      conversation.add(logs);
      conversation.loaded = true;
    });
  }

  /** A page that joins on above; what was dropped meanwhile is not there to join on to. */
  #olderPage(conversation, limit) {
    const before = firstSeq(conversation.log);
    return this.#page(conversation, { before, limit }, ({ logs, has_more: more }) => {
      if (firstSeq(conversation.log) !== before) return;
      conversation.add(logs);
      if (!more || firstSeq(conversation.log) === before) conversation.reachStart();
    });
  }

  async #unread(conversation) {
    return !lacksUnread(conversation) || ((await this.#olderPage(conversation, LARGE_PAGE)) && this.#unread(conversation));
  }

  /** One gap after the other; one that stays as it is (the server has nothing there) is the end of it. */
  async #fill(conversation, last) {
    const gap = conversation.gaps.at(-1);
    if (!gap || (gap.after === last?.after && gap.before === last.before)) return true;
    const add = ({ logs }) => conversation.add(logs);
    return (await this.#page(conversation, { after: gap.after, limit: LARGE_PAGE }, add)) && this.#fill(conversation, gap);
  }

  /** One thing at a time in each conversation, however often it is asked for. `work` gives false when a page did not come. */
  async #during(conversation, work) {
    if (this.stateOf(conversation) === 'loading') return;
    this.#set(conversation, 'loading');
    this.#set(conversation, (await work()) ? 'idle' : 'failed');
  }

  /** True when the page came. */
  async #page(conversation, page, take) {
    const [data, asked] = await this.conversations.answer(this.api.history(conversation.id, page)).catch(() => []);
    if (!data) return false;
    conversation.learn(data, asked);
    take(data);
    this.emit('change', conversation);
    return true;
  }

  #set(conversation, state) {
    this.#states.set(conversation, state);
    this.emit('change', conversation);
  }
}

function lacksUnread({ log, readSeq, unread, hasOlder }) {
  return hasOlder && unread <= MOST_UNREAD && firstSeq(log) > readSeq + 1;
}
