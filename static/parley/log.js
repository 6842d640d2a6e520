// The messages of one conversation that we hold, as a pure value. seq is dense (1, 2, 3, ...), so what
// is missing can be named exactly: a gap is a thing of its own, never a silent hole.

export const emptyLog = Object.freeze([]);

/** Both together, by seq, each once. The same log comes back when there was nothing new. */
export function merge(log, messages) {
  const known = new Map(log.map((message) => [message.seq, message]));
  let grown = false;
  for (const message of messages) {
    const held = known.get(message.seq);
    const struck = message.deleted && !held?.deleted;
    if (held && !struck && (held.clientId || !message.clientId)) continue;
    known.set(message.seq, held ? { ...message, clientId: held.clientId ?? message.clientId } : message);
    grown = true;
  }
  return grown ? [...known.values()].sort((a, b) => a.seq - b.seq) : log;
}

/** Where seq is not dense: [{after, before}], the seqs on either side of what is missing. */
export function gaps(log) {
  return log.slice(1).flatMap((message, index) => {
    const after = log[index].seq;
    return message.seq > after + 1 ? [{ after, before: message.seq }] : [];
  });
}

/** The newest messages without a gap between them, at most `limit`: what may be kept as "the end of it". */
export function newestRun(log, limit = Infinity) {
  let start = log.length - 1;
  while (start > 0 && log[start - 1].seq === log[start].seq - 1) start -= 1;
  return log.slice(Math.max(0, start, log.length - limit));
}

export function firstSeq(log) {
  return log[0]?.seq ?? 0;
}

export function lastSeq(log) {
  return log.at(-1)?.seq ?? 0;
}
