// Makes static/emoji/<locale>.json from the data of Unicode itself: which emoji there are, in what order
// (unicode-emoji-json), and what they are called and found by in each of our languages (CLDR).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
/** Our languages, as CLDR names them. */
const LANGUAGES = { en: 'en', 'zh-CN': 'zh', 'zh-TW': 'zh-Hant', ar: 'ar' };
/** Older ones are drawn by every system; whether a newer one is, the picker looks. */
const EVERYWHERE = 13;
const LIGHT = '\u{1f3fb}';
const OTHER_TONE = /[\u{1f3fc}-\u{1f3ff}]/u;
const VARIATION = /\ufe0f/g;

/** {locale: text of the file}. A file is a list of groups, a group a list of [emoji, name, words, light, version]. */
export function emojiFiles() {
  const groups = require('unicode-emoji-json/data-by-group.json');
  const english = annotationsOf(LANGUAGES.en);
  const lights = lightsOf(english);
  const fileIn = (language) => fileOf(groups, (emoji) => rowOf(emoji, annotationsOf(language), { english, lights }));
  return Object.fromEntries(Object.entries(LANGUAGES).map(([locale, language]) => [locale, fileIn(language)]));
}

/** What whoever hands the data on has to say. */
export function emojiLicence() {
  const [cldr, list] = ['cldr-annotations-full', 'unicode-emoji-json'].map((name) => readFileSync(require.resolve(`${name}/LICENSE`), 'utf8').trim());
  return `The names and search words of the emoji are from Unicode CLDR:\n\n${cldr}\n\nTheir list is from unicode-emoji-json:\n\n${list}\n`;
}

function annotationsOf(language) {
  const { annotations } = require(`cldr-annotations-full/annotations/${language}/annotations.json`).annotations;
  const derived = require(`cldr-annotations-derived-full/annotationsDerived/${language}/annotations.json`).annotationsDerived;
  return { ...annotations, ...derived.annotations };
}

/** One emoji a line, so that a change of the data can be read. */
function fileOf(groups, rowOfEmoji) {
  const texts = groups.map(({ emojis }) => emojis.map((one) => JSON.stringify(rowOfEmoji(one))).join(',\n'));
  return `[[\n${texts.join('\n],[\n')}\n]]\n`;
}

/** Everybody may also look by the English name. */
function rowOf({ emoji, emoji_version: version }, annotations, { english, lights }) {
  const bare = emoji.replace(VARIATION, '');
  const { default: words = [], tts: [name] } = annotations[bare];
  const others = [...words, english[bare].tts[0]].filter((word) => word !== name && !word.includes('|'));
  const since = Number(version) > EVERYWHERE ? Number(version) : 0;
  const row = [emoji, name, [...new Set(others)].join('|'), lightOf(emoji, lights.get(bare)), since];
  while (!row.at(-1)) row.pop();
  return row;
}

/** Those with the lightest skin, whoever they show, by what they are without it. CLDR names every one there is. */
function lightsOf(annotations) {
  const keys = Object.keys(annotations).filter((key) => key.includes(LIGHT) && !OTHER_TONE.test(key));
  return new Map(keys.filter((key) => key !== LIGHT).map((key) => [key.replaceAll(LIGHT, ''), key]));
}

/** CLDR leaves the variation selectors out: they stand where they did, except before a tone. */
function lightOf(emoji, light) {
  if (!light) return '';
  const selected = [...emoji.matchAll(/(.)\ufe0f/gu)].map(([, sign]) => new RegExp(`${sign}(?!${LIGHT})`, 'u'));
  return selected.reduce((text, sign) => text.replace(sign, '$&\ufe0f'), light);
}
