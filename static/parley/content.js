// What may be sent as one message: the same verdict as the server's, so that nobody waits for a refusal.
import { CONTENT_LIMIT } from './codes.js';

/** The content as it will be sent. NUL and lone surrogates cannot be stored; nobody types them. */
export function cleaned(text) {
  return text.replace(/\r\n?/g, '\n').replace(/\0/g, '').replace(/\p{Surrogate}/gu, '\ufffd');
}

export function isBlank(text) {
  return text.trim() === '';
}

/** What is pasted often brings empty lines along, before it and after it. */
export function withoutEmptyEnds(text) {
  return text.replace(/^\s*\n|\n\s*$/g, '');
}

/** Characters left, in code points as the server counts; negative when it is too long. */
export function charactersLeft(text) {
  return CONTENT_LIMIT - [...text].length;
}
