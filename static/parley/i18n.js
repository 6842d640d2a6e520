// Every word the widget says comes from a catalog; this picks the catalog and fills in the names.
import ar from './catalog/ar.js';
import en from './catalog/en.js';
import zhCN from './catalog/zh-CN.js';
import zhTW from './catalog/zh-TW.js';

export const catalogs = { en, 'zh-CN': zhCN, 'zh-TW': zhTW, ar };

const RIGHT_TO_LEFT = new Set(['ar', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);
/** Who writes Chinese there writes it in traditional characters, unless it is said to be Hans. */
const TRADITIONAL = new Set(['hant', 'tw', 'hk', 'mo']);
/** Letters that are read from the right: where they are put into a sentence it could be torn apart. */
const FROM_THE_RIGHT = /[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802\ud803\ud83a\ud83b]/;

/** The catalog to use for what a browser or a host page asked for. */
export function resolveLocale(wanted) {
  const [language, ...subtags] = String(wanted ?? '').replaceAll('_', '-').toLowerCase().split('-');
  if (language !== 'zh') return Object.hasOwn(catalogs, language) ? language : 'en';
  const traditional = subtags.some((tag) => TRADITIONAL.has(tag)) && !subtags.includes('hans');
  return traditional ? 'zh-TW' : 'zh-CN';
}

export function directionOf(locale) {
  return RIGHT_TO_LEFT.has(String(locale).toLowerCase().split('-')[0]) ? 'rtl' : 'ltr';
}

/** t(key, values): {name} is replaced by values.name; {one, other} chooses by values.count. `from`: a catalog for each language. */
export function translator(locale, from = catalogs) {
  const language = resolveLocale(locale);
  const catalog = from[language];
  const plural = new Intl.PluralRules(language);
  const mirrored = directionOf(language) === 'rtl';
  return (key, values = {}) => {
    const entry = catalog[key];
    if (entry === undefined) throw new Error(`no text for ${key}`);
    const text = typeof entry === 'string' ? entry : entry[plural.select(values.count)] ?? entry.other;
    return text.replace(/\{(\w+)\}/g, (_, name) => isolate(values[name] ?? '', mirrored));
  };
}

/** Put before a line, makes it run as these words do, whatever stands first in it (left-to-right mark, right-to-left mark). */
export function directionMark(words) {
  const [letter] = words.match(/\p{L}/u) ?? [''];
  return letter && (FROM_THE_RIGHT.test(letter) ? '\u200f' : '\u200e');
}

/** Somebody's words within ours keep their own direction (first strong isolate ... pop isolate). */
function isolate(value, mirrored) {
  if (typeof value !== 'string') return String(value);
  return mirrored || FROM_THE_RIGHT.test(value) ? `\u2068${value}\u2069` : value;
}
