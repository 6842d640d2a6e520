// /rooms/<name>: one room, and the way back to the others.
import { left } from './leaving.js';

export function startRoom($, element) {
  const { me, room, locale, direction } = element.dataset;
  const chat = $(element);
  document.title = `${room} – Parley`;
  chat.on('signedout.parley', () => left(chat));
  chat.parley({ mode: 'room', room, me: JSON.parse(me), locale, direction, back: () => window.location.assign('/rooms') });
}
