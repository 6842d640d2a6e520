// The open conversation in the address bar (#with=7, #room=Lobby): reload and links lead back to it, and on a phone
// the back button leads from the conversation to the list.

/** An address leads to a user id (a number) or a room's name; null is the list. */
export function followAddress({ open, close }) {
  let shown = current();
  window.addEventListener('popstate', () => {
    const wanted = current();
    if (wanted === shown) return;
    shown = wanted;
    if (wanted === null) close();
    else open(wanted);
  });
  return { current, show: (id) => {
    if (id === shown) return;
    shown = id;
    write(id);
  } };
}

function current() {
  const [, kind, value] = /^#(with|room)=(.+)$/.exec(window.location.hash) ?? [];
  if (kind === 'with') return /^\d{1,15}$/.test(value) ? Number(value) : null;
  return kind === 'room' ? decoded(value) : null;
}

function decoded(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

/** Walking from one conversation to the next is one step back to the list, not twenty. */
function write(id) {
  const hash = typeof id === 'number' ? `#with=${id}` : `#room=${encodeURIComponent(id)}`;
  const url = id === null ? window.location.pathname : hash;
  if (id !== null && current() === null) window.history.pushState(null, '', url);
  else window.history.replaceState(null, '', url);
}
