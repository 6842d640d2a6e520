// Every word the widget says comes from a catalog; this picks the catalog and fills in the names.
import en from './catalog/en.js';
import zhCN from './catalog/zh-CN.js';

export const catalogs = { en, 'zh-CN': zhCN };

const RIGHT_TO_LEFT = new Set(['ar', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi']);

/** The catalog to use for what a browser or a host page asked for. */
export function resolveLocale(wanted) {
  const tag = String(wanted ?? '').replace('_', '-').toLowerCase();
  const exact = Object.keys(catalogs).find((locale) => locale.toLowerCase() === tag);
  if (exact) return exact;
  const language = tag.split('-')[0];
  return Object.keys(catalogs).find((locale) => locale.toLowerCase().split('-')[0] === language) ?? 'en';
}

export function directionOf(locale) {
  return RIGHT_TO_LEFT.has(String(locale).toLowerCase().split('-')[0]) ? 'rtl' : 'ltr';
}

/** t(key, values): {name} is replaced by values.name; {one, other} chooses by values.count. */
export function translator(locale) {
  const catalog = catalogs[resolveLocale(locale)];
  const plural = new Intl.PluralRules(resolveLocale(locale));
  return (key, values = {}) => {
    const entry = catalog[key];
    if (entry === undefined) throw new Error(`no text for ${key}`);
    const text = typeof entry === 'string' ? entry : entry[plural.select(values.count)] ?? entry.other;
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
  };
}
