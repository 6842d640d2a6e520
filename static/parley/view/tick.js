// What became of a message of mine: a mark, in a bubble or in the list.
import { hiddenText } from './dom.js';
import { icon } from './icons.js';

const STATES = {
  sending: 'state_sending', sent: 'state_sent', delivered: 'state_delivered', read: 'state_read', failed: 'state_failed',
};

/** Without a state it shows nothing. */
export function showState(tick, state, t) {
  if (state) tick.dataset.state = state;
  else delete tick.dataset.state;
  tick.replaceChildren(...(state ? [icon(state), hiddenText(t(STATES[state]))] : []));
}
