// Makes what is served of the widget: `npm run build`. The same sources give the same bytes on every machine.
//   static/widget.js            all that a page needs at once
//   static/emoji.js             the emoji panel, loaded when it is first opened
//   static/emoji/<locale>.json  which emoji there are, and their names; LICENSE says whose they are
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

import { emojiFiles, emojiLicence } from './emoji_data.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const STATIC = `${ROOT}static/`;
export const WIDGET = `${STATIC}widget.js`;
export const EMOJI = `${STATIC}emoji.js`;

/** Style sheets come as their text, for the shadow root. */
const stylesAsText = {
  name: 'styles as text',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

/** The browser's own selectors instead of jQuery's engine, as in jQuery's own slimmer builds. */
const nativeSelectors = {
  name: 'native selectors',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /\/selector\.js$/ }, ({ path, ...from }) => resolve(path.replace(/\.js$/, '-native.js'), from));
  },
};

/** {path: text} of every file. */
export async function files() {
  const [widget, emoji] = await Promise.all([
    bundle({ entryPoints: ['static/embed/index.js'], format: 'iife', ...(await withJquery()) }),
    bundle({ entryPoints: ['static/parley/view/picker.js'], format: 'esm' }),
  ]);
  const names = Object.entries(emojiFiles()).map(([locale, text]) => [`${STATIC}emoji/${locale}.json`, text]);
  return { [WIDGET]: widget, [EMOJI]: emoji, ...Object.fromEntries(names), [`${STATIC}emoji/LICENSE`]: emojiLicence() };
}

/** What the bundle has to know and say of the jQuery in it. */
async function withJquery() {
  const { version } = JSON.parse(await readFile(`${ROOT}node_modules/jquery/package.json`, 'utf8'));
  const banner = { js: '/*! Parley, MIT licence, the Parley contributors; with parts of jQuery, MIT licence, OpenJS Foundation and other contributors */' };
  return { banner, define: { JQUERY_VERSION: JSON.stringify(version) }, plugins: [stylesAsText, nativeSelectors] };
}

async function bundle(options) {
  const { outputFiles: [file] } = await build({
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    minify: true,
    charset: 'utf8',
    legalComments: 'inline',
    // the first with container queries; older ones could not show the widget
    target: ['chrome105', 'firefox110', 'safari16'],
    banner: { js: '/*! Parley, MIT licence, the Parley contributors */' },
    plugins: [stylesAsText],
    ...options,
  });
  return file.text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await mkdir(`${STATIC}emoji`, { recursive: true });
  for (const [path, text] of Object.entries(await files())) await writeFile(path, text);
}
