// Why the gate did not open, in words for the person before it.
import { LOGIN_FAILED, MALFORMED, NOT_ALLOWED, TOO_FAST, TOO_LARGE } from '../parley/codes.js';
import { errorTextOf } from '../parley/view/errors.js';

const LABELS = { username: 'username', password: 'password', nickname: 'nickname' };

export function failureText({ errorcode, data = {} }, t, { registering = false, asGuest = false } = {}) {
  if (errorcode === LOGIN_FAILED) return t('wrong_password');
  // Signing up and guests are only offered where they are let in: what is not allowed is the name.
  if (errorcode === NOT_ALLOWED && registering) return t('name_taken');
  if (errorcode === NOT_ALLOWED && asGuest) return t('guest_name_taken');
  if (errorcode === TOO_FAST) return t('wait_seconds', { count: Math.max(1, Math.ceil(Number(data.retry_after) || 1)) });
  if (errorcode !== MALFORMED && errorcode !== TOO_LARGE) return errorTextOf(errorcode, t);
  const label = LABELS[data.field];
  return label ? t('check_field', { field: t(label) }) : t('check_fields');
}
