// Which emoji there are, group by group, and how one is found by words. Its file is made by tools/emoji_data.mjs.

/** The skin tones, from none to dark: what is put behind the emoji. */
export const TONES = ['', '\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}'];
const LIGHT = TONES[1];
const ANY_TONE = /[\u{1f3fb}-\u{1f3ff}]/gu;
const FLAG = /^\p{RI}/u;
/** As many as anybody looks through. */
const FOUND = 120;
/** Scripts that write words without a space between them, or with an article in front. */
const WITHIN = /[^\u0000-\u024f]/;

export class EmojiBook {
  #byEmoji = new Map();

  /** `draws(emoji)` says whether this browser can draw it: asked once for each version, and apart for its flags. */
  constructor(groups, draws = () => true) {
    const verdicts = new Map();
    const drawn = ({ emoji, since }) => {
      const flag = FLAG.test(emoji);
      if (!since && !flag) return true;
      const kind = `${since} ${flag}`;
      if (!verdicts.has(kind)) verdicts.set(kind, draws(emoji));
      return verdicts.get(kind);
    };
    this.groups = groups.map((rows) => rows.map(entryOf).filter(drawn));
    this.all = this.groups.flat();
    for (const entry of this.all) this.#byEmoji.set(entry.emoji, entry).set(entry.light || entry.emoji, entry);
  }

  /** What is known of an emoji, whatever its tone. */
  entryOf(emoji) {
    return this.#byEmoji.get(emoji.replace(ANY_TONE, LIGHT));
  }

  /** Those that all the words lead to, the nearest first. */
  find(query) {
    const wanted = folded(query).split(/\s+/).filter(Boolean);
    if (!wanted.length) return [];
    const ranked = this.all.map((entry) => [farOf(entry, wanted), entry]).filter(([far]) => far < Infinity);
    ranked.sort(([one], [other]) => one - other);
    return ranked.slice(0, FOUND).map(([, entry]) => entry);
  }
}

/** The entry's emoji in the wanted tone, as far as it has tones. */
export function toned({ emoji, light }, tone) {
  return tone && light ? light.replaceAll(LIGHT, TONES[tone]) : emoji;
}

export function toneOf(emoji) {
  return TONES.indexOf(emoji.match(ANY_TONE)?.[0] ?? '');
}

function entryOf([emoji, name, words = '', light = '', since = 0]) {
  return { emoji, name, words: words ? words.split('|') : [], light, since };
}

/** How far the words are from this one: 0 is its very name, Infinity something else. */
function farOf(entry, wanted) {
  entry.terms ??= termsOf(entry);
  const whole = wanted.join(' ');
  if (entry.terms.name === whole) return 0;
  return wanted.reduce((far, word) => far + nearest(entry.terms, word), entry.terms.words.includes(whole) ? 1 : 2);
}

function nearest({ name, parts, words, wordParts }, word) {
  if (WITHIN.test(word)) return nearestWithin({ name, words }, word);
  if (parts.includes(word)) return 1;
  if (words.includes(word)) return 2;
  if (parts.some((part) => part.startsWith(word))) return 3;
  return wordParts.some((part) => part.startsWith(word)) ? 4 : Infinity;
}

function nearestWithin({ name, words }, word) {
  const exact = words.includes(word);
  if (name.includes(word)) return exact ? 1 : 2;
  if (exact) return 3;
  return words.some((one) => one.includes(word)) ? 4 : Infinity;
}

function termsOf({ emoji, name, words }) {
  const known = [...words, emoji].map(folded);
  return { name: folded(name), parts: folded(name).split(/[\s:,-]+/), words: known, wordParts: known.flatMap((one) => one.split(' ')) };
}

/** Without case, accents and vowel signs, and without the letters that Arabic writes in several ways. */
function folded(text) {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
  return plain.replace(/\u0629/g, '\u0647').replace(/\u0649/g, '\u064a');
}
