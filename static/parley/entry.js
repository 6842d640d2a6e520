// A log entry as the wire has it, ["<" or ">", content, friendly_time, {seq, time, client_id}], and the
// message we make of it. What does not look like one becomes null: caches and servers may hold anything.
import { factsOf, personOf } from './person.js';

export function messageOf(entry) {
  if (!Array.isArray(entry)) return null;
  const [direction, content, , meta] = entry;
  if ((direction !== '<' && direction !== '>') || typeof content !== 'string') return null;
  if (!isSeq(meta?.seq) || !Number.isFinite(meta.time)) return null;
  const clientId = typeof meta.client_id === 'string' ? meta.client_id : null;
  return { seq: meta.seq, mine: direction === '>', content, time: meta.time, clientId, ...inRoom(meta) };
}

/** What only the messages of a room have: their author, and whether a moderator took the text away. */
function inRoom({ user, deleted }) {
  const author = user && personOf(user);
  return { ...(author && { author }), ...(deleted === true && { deleted }) };
}

export function messagesOf(entries) {
  return Array.isArray(entries) ? entries.map(messageOf).filter(Boolean) : [];
}

/** Back to the wire's form, for the cache. The friendly time is left out: it would be stale. */
export function entryOf({ seq, mine, content, time, clientId, author, deleted }) {
  const meta = { seq, time, ...(clientId && { client_id: clientId }), ...(author && { user: factsOf(author) }), ...(deleted && { deleted }) };
  return [mine ? '>' : '<', content, '', meta];
}

export function isSeq(value) {
  return Number.isSafeInteger(value) && value >= 1;
}
