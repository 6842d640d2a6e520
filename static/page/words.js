// The words of the page itself, beside those of the widget, which need not carry them to other sites.
import { catalogs, translator } from '../parley/i18n.js';
import ar from './catalog/ar.js';
import en from './catalog/en.js';
import zhCN from './catalog/zh-CN.js';
import zhTW from './catalog/zh-TW.js';

export const pageCatalogs = { en, 'zh-CN': zhCN, 'zh-TW': zhTW, ar };

/** t(key, values) for both. */
export function pageTranslator(locale) {
  const both = Object.entries(pageCatalogs).map(([language, words]) => [language, { ...catalogs[language], ...words }]);
  return translator(locale, Object.fromEntries(both));
}
