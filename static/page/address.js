// The open conversation in the address bar (#with=7, #room=Lobby), or the list of rooms (#rooms): reload and links lead
// back to it, and on a phone the back button leads from there to the list of conversations.

/** The list of rooms. */
export const ROOMS = Symbol('rooms');

/** An address leads to a user id (a number), a room's name or ROOMS; null is the list. */
export function followAddress({ open, close }) {
  let shown = current();
  let leaving = false;
  const settle = () => {
    if (!leaving && current() !== shown) leaving = write(shown);
  };
  window.addEventListener('popstate', () => {
    // Our own step back has arrived; something else may have been opened meanwhile.
    if (leaving) {
      leaving = false;
      return settle();
    }
    const wanted = current();
    if (wanted === shown) return undefined;
    shown = wanted;
    return wanted === null ? close() : open(wanted);
  });
  // Going from one conversation to the next closes the first: only where that ends counts.
  return { current, show: (id) => {
    shown = id;
    queueMicrotask(settle);
  } };
}

function current() {
  if (window.location.hash === '#rooms') return ROOMS;
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

function hashOf(id) {
  if (id === ROOMS) return '#rooms';
  return typeof id === 'number' ? `#with=${id}` : `#room=${encodeURIComponent(id)}`;
}

/** Walking from one conversation to the next is one step back to the list, not twenty. True while such a step is on its way. */
function write(id) {
  const { history, location } = window;
  if (id !== null && current() === null) history.pushState({ aboveList: true }, '', hashOf(id));
  else if (id === null && history.state?.aboveList) history.back();
  else history.replaceState(history.state, '', id === null ? location.pathname : hashOf(id));
  return id === null && Boolean(history.state?.aboveList);
}
