// Signing out, from whichever page.
import { LOGIN_FAILED } from '../parley/codes.js';
import { Accounts } from './accounts.js';

/** The button for it, among the widget's `actions`. */
export function signOutAction(chat, t) {
  return { label: t('sign_out'), icon: 'exit', run: () => signOut(chat, t) };
}

async function signOut(chat, t) {
  const count = chat.parley('unsent');
  if (count && !window.confirm(t('sign_out_unsent', { count }))) return;
  try {
    await new Accounts().signOut();
  } catch (error) {
    // Without the server's word the session goes on: to pretend otherwise would leave the door open.
    if (error.errorcode !== LOGIN_FAILED) return void chat.parley('notice', t('error_network'));
  }
  left(chat);
}

/**
 * Whoever signs out here: nothing stays in this browser. Where it ended elsewhere somebody else may have signed in
 * since, who may have words to send; and whoever only ran out of time comes back to what was not sent.
 */
export function left(chat, reason) {
  chat.parley('wipe', { expired: 'session', switched: true }[reason]).parley('destroy');
  window.location.replace(window.location.pathname);
}
