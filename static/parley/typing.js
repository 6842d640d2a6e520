// "Bob is typing", both ways. Never stored; nothing but two timers.
import { systemClock } from './clock.js';

/** While somebody types, say so this often and no more. */
const REPEAT = 3_000;
/** No key for so long: the person stopped. */
const IDLE = 4_000;
/** The other side may vanish without saying "off". */
const FORGET = 7_000;

export class TypingSender {
  #other = null;
  #said = 0;
  #timer = null;

  constructor({ send, clock = systemClock }) {
    Object.assign(this, { send, clock });
  }

  /** Every key press, with whether there is any text. */
  typed(other, hasText) {
    if (!hasText || (this.#other !== null && this.#other !== other)) this.stop();
    if (!hasText) return;
    // However far the clock has been set back meanwhile.
    if (this.#other === null || Math.abs(this.clock.now() - this.#said) >= REPEAT) this.#say(other);
    this.clock.clearTimeout(this.#timer);
    this.#timer = this.clock.setTimeout(() => this.stop(), IDLE);
  }

  stop() {
    this.clock.clearTimeout(this.#timer);
    if (this.#other !== null) this.send({ other: this.#other, on: false });
    this.#other = null;
  }

  #say(other) {
    this.#other = other;
    this.#said = this.clock.now();
    this.send({ other, on: true });
  }
}

export class TypingWatch {
  #timers = new Map();

  constructor({ clock = systemClock, changed }) {
    Object.assign(this, { clock, changed });
  }

  set(conversation, on) {
    this.clock.clearTimeout(this.#timers.get(conversation.id));
    this.#timers.delete(conversation.id);
    if (on) this.#timers.set(conversation.id, this.clock.setTimeout(() => this.set(conversation, false), FORGET));
    if (conversation.typing === on) return;
    conversation.typing = on;
    this.changed(conversation);
  }

  stop() {
    for (const timer of this.#timers.values()) this.clock.clearTimeout(timer);
    this.#timers.clear();
  }
}
