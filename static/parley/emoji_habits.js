// Which emoji somebody used last and in which tone: kept for this person alone, and gone when they sign out.

const KEPT = 32;
const TONES = 6;

export class EmojiHabits {
  #recent = [];
  #tone = 0;

  constructor(storage) {
    this.storage = storage;
  }

  /** The last used first. Read anew each time: another tab may have used one. */
  get recent() {
    const stored = this.storage.get('recent');
    const valid = Array.isArray(stored) && stored.every((one) => typeof one === 'string');
    return valid ? stored.slice(0, KEPT) : this.#recent;
  }

  use(emoji) {
    const recent = [emoji, ...this.recent.filter((one) => one !== emoji)].slice(0, KEPT);
    this.#recent = this.storage.set('recent', recent) ? [] : recent;
  }

  get tone() {
    const stored = this.storage.get('tone');
    return Number.isInteger(stored) && stored >= 0 && stored < TONES ? stored : this.#tone;
  }

  set tone(tone) {
    this.#tone = this.storage.set('tone', tone) ? 0 : tone;
  }
}
