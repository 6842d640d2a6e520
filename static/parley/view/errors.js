// What an errorcode means to the person who reads it.
const KEYS = {
  '-2': 'error_malformed', '-3': 'error_signed_out', '-4': 'error_nobody', '-5': 'error_not_allowed',
  '-6': 'error_too_fast', '-7': 'error_too_long', '-8': 'error_not_now', '-100': 'error_network',
};

/** In a room -4 and -5 are not about the one other person. */
const IN_ROOMS = { '-4': 'error_other', '-5': 'error_room' };

export function errorTextOf(errorcode, t, { isRoom = false } = {}) {
  return t((isRoom && IN_ROOMS[errorcode]) || (KEYS[errorcode] ?? 'error_other'));
}
