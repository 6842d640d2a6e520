// Stands in the messenger's place as long as it cannot be asked whose it is to be.
import { directionOf, resolveLocale, translator } from '../i18n.js';
import { el } from './dom.js';

export function unreachable({ locale, direction }) {
  const language = resolveLocale(locale || globalThis.navigator.language);
  return el('div', { class: 'parley', lang: language, dir: direction ?? directionOf(language) },
    el('p', { class: 'parley-empty', role: 'status' }, translator(language)('error_network')));
}
