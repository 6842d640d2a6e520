// Rings once for a message, however many tabs hear of it. Every tab says what it thinks of the message:
// one in which the person is looking forbids, and of those that would ring one is chosen by a rule that
// all of them apply alike. A tab that hears of it when the others have decided leaves it to them.
// Clocks may be set back: how far apart two moments were is asked, not which of them was later.
import { systemClock } from './clock.js';
import { newId } from './ids.js';

/** Long enough for the other tabs to have got the same message from the server. */
const WAIT = 200;
/** A burst of messages is one sound. */
const PAUSE = 1_500;
const REMEMBERED = 50;

export class Bell {
  #votes = new Map();
  #timers = new Set();
  #rang = -PAUSE;

  /** `ring(news, {sound, notice})` is called in the one tab; `channel` is a BroadcastChannel or null. */
  constructor({ channel, ring, clock = systemClock, tab = newId() }) {
    Object.assign(this, { channel, ring, clock, tab });
    if (channel) channel.onmessage = ({ data }) => this.#hear(data);
  }

  /** `vote`: sound and notice say what this tab allows, able whether it could make itself heard. */
  news(key, vote, news) {
    const now = this.clock.now();
    const late = Math.abs(now - (this.#votes.get(key)?.since ?? now)) >= WAIT;
    const own = { key, tab: this.tab, late, ...vote };
    this.#count(own);
    this.channel?.postMessage(own);
    if (!late) this.#later(() => this.#decide(key, news));
  }

  stop() {
    this.#timers.forEach((timer) => this.clock.clearTimeout(timer));
    this.channel?.close();
  }

  #hear(data) {
    if (data?.rang) this.#rang = this.clock.now();
    else if (typeof data?.key === 'string') this.#count(data);
  }

  #count(vote) {
    const { since, votes } = this.#votes.get(vote.key) ?? { since: this.clock.now(), votes: [] };
    this.#votes.set(vote.key, { since, votes: [...votes, vote] });
    if (this.#votes.size > REMEMBERED) this.#votes.delete(this.#votes.keys().next().value);
  }

  #decide(key, news) {
    const votes = this.#votes.get(key)?.votes ?? [];
    if (chosenOf(votes) !== this.tab) return;
    const sound = votes.every((vote) => vote.sound) && Math.abs(this.clock.now() - this.#rang) >= PAUSE;
    const notice = votes.every((vote) => vote.notice);
    if (sound) {
      this.#rang = this.clock.now();
      this.channel?.postMessage({ rang: true });
    }
    if (sound || notice) this.ring(news, { sound, notice });
  }

  #later(run) {
    const timer = this.clock.setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, WAIT);
    this.#timers.add(timer);
  }
}

/** Browsers let only those tabs make a sound in which somebody has clicked before. */
function chosenOf(votes) {
  const early = votes.filter((vote) => !vote.late);
  const able = early.filter((vote) => vote.able);
  const [first] = (able.length ? able : early).map((vote) => vote.tab).sort();
  return first;
}
