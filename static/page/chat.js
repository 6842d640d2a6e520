// Starts the widget on the page and gives it what only the page can: signing out, and the address bar.
import { translator } from '../parley/i18n.js';
import { followAddress } from './address.js';
import { left, signOutAction } from './leaving.js';

export function startChat($, element) {
  const { me, locale, direction } = element.dataset;
  const chat = $(element);
  const open = (where) => chat.parley(typeof where === 'number' ? 'open' : 'room', where);
  const address = followAddress({ open, close: () => chat.parley('close') });
  const start = address.current();
  chat.on('open.parley', (_, { userId, room }) => address.show(room ?? userId));
  chat.on('signedout.parley', () => left(chat));
  chat.parley({
    me: JSON.parse(me), locale, direction, actions: [signOutAction(chat, translator(locale))],
    ...(typeof start === 'number' ? { with: start } : { room: start }),
  });
}
