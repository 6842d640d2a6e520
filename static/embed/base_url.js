// Where the server is: where this script came from, whether as /widget.js or as /static/widget.js.

export function baseUrlOf(script) {
  if (!script?.src) return '';
  const { origin, pathname } = new URL(script.src);
  return origin + pathname.replace(/(\/static)?\/[^/]*$/, '');
}
