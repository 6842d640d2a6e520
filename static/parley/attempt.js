// What is not ours may go wrong: it is told where all mistakes of the page are told, and stops nothing of ours.

export function attempt(run) {
  try {
    run();
  } catch (error) {
    globalThis.reportError(error);
  }
}
