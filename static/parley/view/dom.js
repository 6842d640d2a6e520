// Makes nodes. Text only ever enters through textContent: there is no way to pass HTML.

/** el('button', {class: 'x', type: 'button', on: {click}}, 'text', node, ...). null children are left out. */
export function el(tag, { on = {}, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  for (const [type, listener] of Object.entries(on)) node.addEventListener(type, listener);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function setAttribute(node, name, value) {
  if (value === true) node.setAttribute(name, '');
  else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
}

/** Somebody's words: isolated, so that their direction does not spill into ours. */
export function isolated(text, className) {
  return el('bdi', { class: className }, text);
}

export function hiddenText(text) {
  return el('span', { class: 'parley-hidden' }, text);
}

/** Sets the text only when it changed, so that nothing blinks and no live region repeats itself. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** What it is called for those who listen, likewise. */
export function setLabel(node, label) {
  if (node.getAttribute('aria-label') !== label) node.setAttribute('aria-label', label);
}
