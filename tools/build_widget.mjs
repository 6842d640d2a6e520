// Bundles static/widget.js: `npm run build`. The same sources give the same bytes on every machine.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
export const OUTPUT = `${ROOT}static/widget.js`;

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

/** The text of the bundle. */
export async function bundle() {
  const jquery = JSON.parse(await readFile(`${ROOT}node_modules/jquery/package.json`, 'utf8'));
  const { outputFiles: [file] } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['static/embed/index.js'],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    charset: 'utf8',
    legalComments: 'inline',
    // the first with container queries; older ones could not show the widget
    target: ['chrome105', 'firefox110', 'safari16'],
    banner: { js: '/*! Parley, MIT licence, the Parley contributors; with parts of jQuery, MIT licence, OpenJS Foundation and other contributors */' },
    define: { JQUERY_VERSION: JSON.stringify(jquery.version) },
    plugins: [stylesAsText],
  });
  return file.text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(OUTPUT, await bundle());
