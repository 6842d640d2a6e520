// The open conversation in the address bar (#with=7): reload and links lead back to it, and on a phone
// the back button leads from the conversation to the list.

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
  const id = /^#with=(\d{1,15})$/.exec(window.location.hash)?.[1];
  return id ? Number(id) : null;
}

/** Walking from one conversation to the next is one step back to the list, not twenty. */
function write(id) {
  const url = id === null ? window.location.pathname : `#with=${id}`;
  if (id !== null && current() === null) window.history.pushState(null, '', url);
  else window.history.replaceState(null, '', url);
}
