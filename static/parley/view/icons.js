// The few pictures the widget draws itself, as paths on a 24 by 24 grid.
const SVG = 'http://www.w3.org/2000/svg';

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  send: 'M4 12l16-8-5.5 16-3-6.5z M11.5 13.5L20 4',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14z M16.2 16.2L21 21',
  clear: 'M6 6l12 12 M18 6L6 18',
  exit: 'M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4 M15 8l4 4-4 4 M19 12H9',
  down: 'M6 10l6 6 6-6',
  sending: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M12 8v4.5l3 1.5',
  failed: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z M12 8v5 M12 16v.01',
  sent: 'M5 12.5l4.5 4.5L19 7.5',
  delivered: 'M2 12.5l4.5 4.5L16 7.5 M11.5 16l1 1L22 7.5',
  read: 'M2 12.5l4.5 4.5L16 7.5 M11.5 16l1 1L22 7.5',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15z M10 21h4',
  smile: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z M8.5 14.5a4.2 4.2 0 0 0 7 0 M9 9.5v.01 M15 9.5v.01',
  copy: 'M9 8h9a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z M5 16V5a1 1 0 0 1 1-1h10',
  room: 'M10 4L8 20 M16 4l-2 16 M4.5 9H20 M4 15h15.5',
  people: 'M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z M2.5 20a6.5 6.5 0 0 1 13 0 M16 5.2a3.5 3.5 0 0 1 0 6.6 M18 14.5a6.5 6.5 0 0 1 3.5 5.5',
  more: 'M5 12v.01 M12 12v.01 M19 12v.01',
  talk: 'M4 6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-6l-5 4v-4H6a2 2 0 0 1-2-2z M8 8.5h8 M8 11.5h5',
};

/** Decoration only: what it means has to stand beside it as text. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `parley-icon parley-icon--${name}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('focusable', 'false');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
