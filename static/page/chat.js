// Starts the widget on the page and gives it what only the page can: signing out, and the address bar.
import { Api } from '../parley/api.js';
import { LOGIN_FAILED } from '../parley/codes.js';
import { translator } from '../parley/i18n.js';
import { followAddress } from './address.js';

export function startChat($, element) {
  const { me, locale, direction } = element.dataset;
  const t = translator(locale);
  const chat = $(element);
  const leave = () => signOut(chat, t);
  const address = followAddress({ open: (id) => chat.parley('open', id), close: () => chat.parley('close') });
  chat.on('open.parley', (_, { userId }) => address.show(userId));
  chat.on('signedout.parley', () => left(chat));
  chat.parley({ me: JSON.parse(me), locale, direction, with: address.current(), actions: [{ label: t('sign_out'), icon: 'exit', run: leave }] });
}

async function signOut(chat, t) {
  const count = chat.parley('unsent');
  if (count && !window.confirm(t('sign_out_unsent', { count }))) return;
  try {
    await new Api().signOut();
  } catch (error) {
    // Without the server's word the session goes on: to pretend otherwise would leave the door open.
    if (error.errorcode !== LOGIN_FAILED) return void chat.parley('notice', t('error_network'));
  }
  left(chat);
}

/** Whoever signs out here, elsewhere or by running out of time: nothing of theirs stays in this browser. */
function left(chat) {
  chat.parley('wipe').parley('destroy');
  window.location.replace('/');
}
