// window.parley(...): can be called before the script has loaded, given the stub
//   window.parley = window.parley || function () { (parley.q = parley.q || []).push(arguments) };
// Calls are carried out in their order once the page is parsed, because they name elements.
import { attempt } from '../parley/attempt.js';

/** The function that stands at window.parley from now on; `start()` ends the waiting. */
export function openQueue(run) {
  const early = typeof window.parley === 'function' ? window.parley.q : null;
  let waiting = [...(early ?? [])].map((args) => [...args]);
  const parley = (...args) => (waiting ? void waiting.push(args) : run(...args));
  parley.start = () => {
    const calls = waiting ?? [];
    waiting = null;
    // One call gone wrong is no reason to leave out the others.
    calls.forEach((args) => attempt(() => run(...args)));
  };
  window.parley = parley;
  return parley;
}
