// Loads pages of history into conversations: the newest, older ones, and what fills a gap.
// Each page is asked for once at a time, however often the view scrolls.
import { Emitter } from './emitter.js';
import { firstSeq, lastSeq } from './log.js';

const PAGE = 50;
const GAP_PAGE = 100;

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

  newest(conversation) {
    return this.#load(conversation, { limit: PAGE }, ({ logs }) => {
      conversation.add(logs);
      conversation.loaded = true;
    });
  }

  async older(conversation) {
    if (!conversation.hasOlder) return;
    const before = firstSeq(conversation.log);
    const came = await this.#load(conversation, { before, limit: PAGE }, ({ logs, has_more: more }) => {
      if (firstSeq(conversation.log) !== before) return; // dropped meanwhile: this page joins on to nothing
      conversation.add(logs);
      if (!more || firstSeq(conversation.log) === before) conversation.reachStart();
    });
    if (came) await this.complete(conversation); // what was pushed meanwhile may have left a hole
  }

  /** Everything that a look at this conversation needs and that we do not hold. */
  async complete(conversation) {
    if (!conversation.readable) return;
    const whole = conversation.loaded && lastSeq(conversation.log) >= conversation.lastSeq;
    if (whole || (await this.newest(conversation))) await this.#fill(conversation);
  }

  /** One gap after the other; one that stays as it is (the server has nothing there) is the end of it. */
  async #fill(conversation, last) {
    const gap = conversation.gaps.at(-1);
    if (!gap || (gap.after === last?.after && gap.before === last.before)) return;
    if (await this.#load(conversation, { after: gap.after, limit: GAP_PAGE }, ({ logs }) => conversation.add(logs))) await this.#fill(conversation, gap);
  }

  /** True when the page came. */
  async #load(conversation, page, take) {
    if (this.stateOf(conversation) === 'loading') return false;
    this.#set(conversation, 'loading');
    const [data, asked] = await this.conversations.answer(this.api.history(conversation.id, page)).catch(() => []);
    if (data) {
      conversation.learn(data, asked);
      take(data);
    }
    this.#set(conversation, data ? 'idle' : 'failed');
    return Boolean(data);
  }

  #set(conversation, state) {
    this.#states.set(conversation, state);
    this.emit('change', conversation);
  }
}
