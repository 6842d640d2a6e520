// What a thread shows, line by line, as pure data: day separators, the "new messages" line, gaps, and
// bubbles grouped by sender and time. The view turns rows into nodes and knows none of these rules.

/** Messages of one sender closer than this stand together. */
const GROUP = 5 * 60_000;

/** `dayOf(ms)` names the local day; `newFrom` is the first seq that was unread when the thread was opened. */
export function rowsOf(conversation, { dayOf, newFrom = null }) {
  const messages = [...conversation.log, ...conversation.pending];
  const rows = conversation.hasOlder ? [{ type: 'older', key: 'older' }] : [];
  const goings = goingsOf(conversation);
  let previous = null;
  for (const message of messages) {
    const quiet = linesBefore(message, goings);
    const between = separators(previous, message, { dayOf, newFrom });
    const joined = previous && quiet.length + between.length === 0 && together(previous, message);
    const row = bubble(conversation, message, !joined);
    if (joined) join(rows.at(-1), row);
    const late = quiet.findIndex(({ time }) => dayOf(time) === dayOf(message.time));
    rows.push(...quiet.splice(0, late < 0 ? quiet.length : late), ...between, ...quiet, row);
    previous = message;
  }
  return [...rows, ...goings];
}

/** Who came and went in a room, as far as the messages around it are here. */
function goingsOf({ goings, log }) {
  const lines = goings?.lines.filter(({ after }) => after + 1 >= (log[0]?.seq ?? 0)) ?? [];
  return lines.map((line) => ({ type: 'going', ...line }));
}

/** Takes those that stand above this message out of the list. */
function linesBefore({ seq = Infinity }, goings) {
  const end = goings.findIndex(({ after }) => after >= seq);
  return goings.splice(0, end < 0 ? goings.length : end);
}

function separators(previous, message, { dayOf, newFrom }) {
  const rows = [];
  const { seq } = message;
  if (previous?.seq && seq > previous.seq + 1) rows.push({ type: 'gap', key: `gap${seq}`, after: previous.seq, before: seq });
  if (!previous || dayOf(previous.time) !== dayOf(message.time)) {
    rows.push({ type: 'day', key: `day${dayOf(message.time)}-${keyOf(message)}`, time: message.time });
  }
  const begins = previous ? previous.seq < newFrom : seq === newFrom; // above the first of what we hold there may be more that is new
  const startsNew = newFrom !== null && seq >= newFrom && !message.mine && begins;
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
  const same = a.mine === false ? b.mine === false && a.author?.id === b.author?.id : b.mine !== false;
  return same && Math.abs(b.time - a.time) < GROUP;
}
