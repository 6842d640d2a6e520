// Starts the widget on the page and gives it what only the page can: signing out, and the address bar.
import { followAddress, ROOMS } from './address.js';
import { left, signOutAction } from './leaving.js';
import { pageTranslator } from './words.js';

export function startChat($, element) {
  const { me, locale, direction } = element.dataset;
  const chat = $(element);
  const address = follow(chat);
  const start = address.current();
  chat.on('signedout.parley', (_, { reason }) => left(chat, reason));
  chat.parley({
    me: JSON.parse(me), locale, direction, actions: [signOutAction(chat, pageTranslator(locale))],
    ...(typeof start === 'number' && { with: start }), ...(typeof start === 'string' && { room: start }),
  });
}

function follow(chat) {
  let opened = null;
  const browse = (on) => chat.parley('instance').view.browse(on);
  const address = followAddress({
    open: (where) => (where === ROOMS ? browse(true) : chat.parley(typeof where === 'number' ? 'open' : 'room', where)),
    close: () => (opened === null ? browse(false) : chat.parley('close')),
  });
  chat.on('open.parley', (_, { userId, room }) => {
    opened = room ?? userId;
    address.show(opened);
  });
  chat.on('ready.parley', () => queueMicrotask(() => {
    // Beside an open conversation the rooms are no place of their own.
    chat.parley('instance').view.onBrowse = (on) => opened === null && address.show(on ? ROOMS : null);
    if (address.current() === ROOMS) browse(true);
  }));
  return address;
}
