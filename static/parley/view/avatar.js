// Somebody's picture, or initials where there is none or it does not load.
import { initialsOf } from '../person.js';
import { isRoom } from '../place.js';
import { el } from './dom.js';
import { icon } from './icons.js';

const HUES = 8;

/** {node, update(person, online)}; the dot has no meaning of its own, the text beside it says the same. */
export function avatarOf(person, { online = false, baseUrl = '' } = {}) {
  const dot = el('span', { class: 'parley-dot' });
  const node = el('span', { 'aria-hidden': 'true' });
  let shown = null;
  const update = (current, isOnline) => {
    dot.hidden = !isOnline;
    const signature = `${current.name}\n${current.avatar}`;
    if (signature === shown) return;
    shown = signature;
    node.className = `parley-avatar parley-hue-${hueOf(current.id)}`;
    node.replaceChildren(isRoom(current.id) ? icon('room') : initialsOf(current.name), ...picture(current, baseUrl), dot);
  };
  update(person, online);
  return { node, update };
}

/** A room has no number: its letters add up to one. */
function hueOf(id) {
  return (isRoom(id) ? [...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) : id) % HUES;
}

function picture({ avatar }, baseUrl) {
  if (!avatar) return [];
  const src = avatar.startsWith('/') ? baseUrl + avatar : avatar;
  const image = el('img', { src, alt: '', draggable: 'false', decoding: 'async', referrerpolicy: 'no-referrer' });
  image.addEventListener('load', () => image.parentNode?.classList.add('parley-avatar--picture'));
  image.addEventListener('error', () => image.remove());
  return [image];
}
