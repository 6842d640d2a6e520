// Finds web addresses in a text. Gives segments, never HTML: the view makes nodes of them.
import { isWebUrl } from './person.js';

// Ends at blanks, quotes, angle brackets, CJK punctuation, and characters that turn the reading direction.
const ADDRESS = /(?<![\w:])https?:\/\/[^\s<>"'`\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;

/** [{text} or {text, href}], in order; joined they are the text itself. */
export function segmentsOf(text) {
  const segments = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(ADDRESS)) {
    const address = withoutTail(found);
    if (!isWebUrl(address)) continue;
    if (index > end) segments.push({ text: text.slice(end, index) });
    segments.push({ text: address, href: address });
    end = index + address.length;
  }
  if (end < text.length) segments.push({ text: text.slice(end) });
  return segments;
}

/** The full stop of the sentence is not part of the address, nor the bracket that was opened before it. */
function withoutTail(address) {
  let kept = address.replace(/[.,;:!?*_~]+$/u, '');
  while (kept.endsWith(')') && count(kept, ')') > count(kept, '(')) kept = kept.slice(0, -1).replace(/[.,;:!?]+$/u, '');
  return kept;
}

function count(text, character) {
  return text.split(character).length - 1;
}
