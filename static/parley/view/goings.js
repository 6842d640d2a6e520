// "Ann, Bob and 3 others came in": a quiet line.
import { el, setText } from './dom.js';

/** Named before the rest is only counted. */
const NAMED = 2;
const lists = new Map();

export function goingRow(first, { t, locale, times }) {
  const text = el('span', {});
  const time = el('time', { datetime: new Date(first.time).toISOString() }, times.clock(first.time));
  const update = ({ what, people }) => setText(text, sentence(what, people, { t, locale }));
  update(first);
  return { node: el('div', { class: 'parley-going', dir: 'auto' }, text, ' ', time), update };
}

function sentence(what, people, { t, locale }) {
  const count = people.length;
  const named = people.slice(0, count > NAMED + 1 ? NAMED : count).map(({ name }) => `\u2068${name}\u2069`);
  const rest = count - named.length;
  const names = listOf(locale).format(rest ? [...named, t('others', { count: rest })] : named);
  return t(what, { names, count });
}

/** English without the comma before "and". */
function listOf(locale) {
  const language = locale === 'en' ? 'en-GB' : locale;
  if (!lists.has(language)) lists.set(language, new Intl.ListFormat(language, { type: 'conjunction' }));
  return lists.get(language);
}
