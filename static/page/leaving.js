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
  left(chat, false);
}

/**
 * Whoever signs out here, elsewhere or by running out of time: nothing of theirs stays in this browser. Only
 * here it is sure that nobody else has signed in since, who may have words to send.
 */
export function left(chat, own = true) {
  chat.parley('wipe', own).parley('destroy');
  window.location.replace(window.location.pathname);
}
