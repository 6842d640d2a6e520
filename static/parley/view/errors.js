// What an errorcode means to the person who reads it.
const KEYS = {
  '-2': 'error_malformed', '-3': 'error_signed_out', '-4': 'error_nobody', '-5': 'error_not_allowed',
  '-6': 'error_too_fast', '-7': 'error_too_long', '-8': 'error_not_now', '-100': 'error_network',
};

export function errorTextOf(errorcode, t) {
  return t(KEYS[errorcode] ?? 'error_other');
}
