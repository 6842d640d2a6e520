// Whether this browser can draw an emoji. What its fonts lack it draws as an empty box or as letters, which
// are black, or as the several emoji it is made of, which are wide.
const SIZE = 24;
const FONT = `${SIZE}px "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif`;
/** So far apart are the parts of a pixel that is no shade of grey. */
const COLOUR = 40;
const WIDE = 1.5;

export function draws(emoji) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: 2 * SIZE, height: 2 * SIZE });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return true;
  Object.assign(context, { font: FONT, textBaseline: 'top' });
  if (context.measureText(emoji).width > WIDE * context.measureText('😀').width) return false;
  context.fillText(emoji, 0, 4);
  return coloured(context.getImageData(0, 0, 2 * SIZE, 2 * SIZE).data);
}

function coloured(pixels) {
  for (let at = 0; at < pixels.length; at += 4) {
    const parts = pixels.subarray(at, at + 3);
    if (pixels[at + 3] && Math.max(...parts) - Math.min(...parts) > COLOUR) return true;
  }
  return false;
}
