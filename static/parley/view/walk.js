// By keyboard from one message to the next, once the log or one of them has the focus: up and down. End leads to the
// newest there is, which need not be on the page.

const STOPS = '.parley-copy';

export function walkMessages(event, toNewest) {
  if (event.key === 'End' && !event.shiftKey) {
    event.preventDefault();
    toNewest();
    return;
  }
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const log = event.currentTarget;
  const stops = [...log.querySelectorAll(STOPS)];
  const row = event.target.closest('.parley-row');
  const at = row ? stops.indexOf(row.querySelector(STOPS)) + step : lastInView(log, stops);
  const to = stops[at];
  if (!to) return; // beyond the ends the browser scrolls, and more may come
  event.preventDefault();
  to.focus({ preventScroll: true });
  to.closest('.parley-row').scrollIntoView({ block: 'nearest', behavior: 'instant' });
}

function lastInView(log, stops) {
  const { top, bottom } = log.getBoundingClientRect();
  return stops.findLastIndex((stop) => {
    const box = stop.closest('.parley-row').getBoundingClientRect();
    return box.top < bottom && box.bottom > top;
  });
}
