// What a thread shows, line by line, as pure data: day separators, the "new messages" line, gaps, and
// bubbles grouped by sender and time. The view turns rows into nodes and knows none of these rules.

/** Messages of one sender closer than this stand together. */
const GROUP = 5 * 60_000;

/** `dayOf(ms)` names the local day; `newFrom` is the first seq that was unread when the thread was opened. */
export function rowsOf(conversation, { dayOf, newFrom = null }) {
  const messages = [...conversation.log, ...conversation.pending];
  const rows = conversation.hasOlder ? [{ type: 'older', key: 'older' }] : [];
  let previous = null;
  for (const message of messages) {
    const between = separators(previous, message, { dayOf, newFrom });
    const joined = previous && between.length === 0 && together(previous, message);
    const row = bubble(conversation, message, !joined);
    if (joined) join(rows.at(-1), row);
    rows.push(...between, row);
    previous = message;
  }
  return rows;
}

function separators(previous, message, { dayOf, newFrom }) {
  const rows = [];
  const { seq } = message;
  if (previous?.seq && seq > previous.seq + 1) rows.push({ type: 'gap', key: `gap${seq}`, after: previous.seq, before: seq });
  if (!previous || dayOf(previous.time) !== dayOf(message.time)) {
    rows.push({ type: 'day', key: `day${dayOf(message.time)}-${keyOf(message)}`, time: message.time });
  }
  const startsNew = newFrom !== null && seq >= newFrom && !message.mine && !(previous?.seq >= newFrom);
  if (startsNew) rows.push({ type: 'new', key: 'new' });
  return rows;
}

function bubble(conversation, message, first) {
  return {
    type: 'message', key: keyOf(message), message, first, last: true, meta: true,
    state: message.mine === false ? null : conversation.stateOf(message),
  };
}

/** Time and tick stand below the last bubble of a group, and wherever the tick changes within it. */
function join(above, below) {
  above.last = false;
  above.meta = above.state !== below.state;
}

/** The same before and after the server named its seq, so that a bubble keeps its node. */
function keyOf({ clientId, seq }) {
  return clientId ? `c${clientId}` : `s${seq}`;
}

function together(a, b) {
  return (a.mine === false) === (b.mine === false) && Math.abs(b.time - a.time) < GROUP;
}
