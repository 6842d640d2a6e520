// Why the gate did not open, in words for the person before it, and which field has to be another.
import { LOGIN_FAILED, MALFORMED, NOT_ALLOWED, TOO_FAST, TOO_LARGE } from '../parley/codes.js';
import { errorTextOf } from '../parley/view/errors.js';

/** The server refuses a new password of fewer characters. */
const SHORTEST = 8;
/** Nor does it take longer names to sign in by, which those of guests are, too. */
const NAME_LIMIT = 32;
/** Longer waits are told in minutes. */
const LONG = 120;

/** {text, field}: `field` is the one of the face to look at, if it is known. */
export function failureOf({ errorcode, data = {} }, t, face) {
  if (errorcode === LOGIN_FAILED) return { text: t('wrong_password'), field: fieldOf(face, 'password') };
  // Signing up and guests are only offered where they are let in: what is not allowed is the name.
  if (errorcode === NOT_ALLOWED && face.registering) return { text: t('name_taken'), field: fieldOf(face, 'username') };
  if (errorcode === NOT_ALLOWED && face.asGuest) return { text: t('guest_name_taken'), field: fieldOf(face) };
  if (errorcode === TOO_FAST) return { text: waitText(data.retry_after, t) };
  if (errorcode !== MALFORMED && errorcode !== TOO_LARGE) return { text: errorTextOf(errorcode, t) };
  const field = fieldOf(face, data.limit === NAME_LIMIT ? 'username' : data.field);
  return { text: ruleText(errorcode, face, field, t), field };
}

/** What has to be otherwise, where we know it. */
function ruleText(errorcode, { registering, asGuest }, field, t) {
  if (asGuest || (registering && field?.name === 'username')) return t('bad_name', { count: NAME_LIMIT });
  if (registering && field?.name === 'password' && errorcode === MALFORMED) return t('password_short', { count: SHORTEST });
  return field ? t('check_field', { field: field.short ?? field.label }) : t('check_fields');
}

/** Where there is but one field it is that one, whatever the server calls it. */
function fieldOf({ fields }, name) {
  return fields.length === 1 ? fields[0] : fields.find((field) => field.name === name);
}

function waitText(given, t) {
  const seconds = Math.max(1, Math.ceil(Number(given) || 1));
  return seconds > LONG ? t('wait_minutes', { count: Math.ceil(seconds / 60) }) : t('wait_seconds', { count: seconds });
}
