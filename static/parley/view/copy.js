// Puts text on the clipboard, also where the page is not served over https and browsers hide theirs.
import { el } from './dom.js';

/** True when it is there. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** The one with the focus itself, also where it is inside a shadow root. */
function focusedNode() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node;
}

function copyBySelection(text) {
  const focused = focusedNode();
  const field = el('textarea', { class: 'parley-hidden', readonly: true, 'aria-hidden': 'true' });
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  focused?.focus({ preventScroll: true });
  return done;
}
