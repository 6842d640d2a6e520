// Loads pages of history into conversations: the newest, older ones, and what fills a gap.
// Each page is asked for once at a time, however often the view scrolls.
import { Emitter } from './emitter.js';
import { firstSeq, lastSeq } from './log.js';

const PAGE = 50;
const GAP_PAGE = 100;

/** Emits: 'change' (conversation) when a page came, began to load, or failed. */
export class History extends Emitter {
  #states = new WeakMap();

  constructor({ api }) {
    super();
    this.api = api;
  }

  /** loading, failed or idle. */
  stateOf(conversation) {
    return this.#states.get(conversation) ?? 'idle';
  }

  newest(conversation) {
    return this.#load(conversation, { limit: PAGE }, () => {
      conversation.loaded = true;
    });
  }

  older(conversation) {
    if (!conversation.hasOlder) return undefined;
    const before = firstSeq(conversation.log);
    return this.#load(conversation, { before, limit: PAGE }, (page) => {
      const moved = firstSeq(conversation.log) < before;
      if (!page.has_more || !moved) conversation.reachStart();
    });
  }

  /** Everything that a look at this conversation needs and that we do not hold. */
  async complete(conversation) {
    if (!conversation.readable) return;
    if (!conversation.loaded || lastSeq(conversation.log) < conversation.lastSeq) await this.newest(conversation);
    const gap = conversation.gaps.at(-1);
    if (gap && this.stateOf(conversation) === 'idle') await this.#fill(conversation, gap);
  }

  #fill(conversation, { after, before }) {
    return this.#load(conversation, { after, limit: GAP_PAGE }, () => {
      // The server has nothing there: do not ask for ever.
      const still = conversation.gaps.some((gap) => gap.after === after && gap.before === before);
      if (!still && conversation.gaps.length) queueMicrotask(() => this.complete(conversation));
    });
  }

  async #load(conversation, page, done) {
    if (this.stateOf(conversation) === 'loading') return;
    this.#set(conversation, 'loading');
    try {
      const data = await this.api.history(conversation.id, page);
      conversation.learn(data);
      conversation.add(data.logs);
      this.#states.set(conversation, 'idle');
      done(data);
      this.emit('change', conversation);
    } catch {
      this.#set(conversation, 'failed');
    }
  }

  #set(conversation, state) {
    this.#states.set(conversation, state);
    this.emit('change', conversation);
  }
}
