// Every word of the page: its own, which the widget elsewhere has no use for, and those of the widget.
import { catalogs, translator } from '../parley/i18n.js';
import ar from './catalog/ar.js';
import en from './catalog/en.js';
import zhCN from './catalog/zh-CN.js';
import zhTW from './catalog/zh-TW.js';

export const pageCatalogs = { en, 'zh-CN': zhCN, 'zh-TW': zhTW, ar };

export function pageTranslator(locale) {
  const all = Object.entries(pageCatalogs).map(([language, words]) => [language, { ...catalogs[language], ...words }]);
  return translator(locale, Object.fromEntries(all));
}
