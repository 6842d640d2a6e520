import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { EMOJI, files, WIDGET } from '../../tools/build_widget.mjs';

const LIMIT = 60 * 1024;
const EMOJI_LIMIT = 12 * 1024;
const NAMES_LIMIT = 72 * 1024;
const served = (path) => readFileSync(path, 'utf8');
const weigh = (path) => gzipSync(readFileSync(path), { level: 9 }).length;
const built = await files();
const names = Object.keys(built).filter((path) => path.endsWith('.json'));

for (const [path, text] of Object.entries(built)) {
  test(`${path.replace(/.*\/static\//, '')} was built from these sources (npm run build)`, () => {
    assert.ok(served(path) === text, `${path} is not what \`npm run build\` makes`);
  });
}

test('nothing is served there that is not built', () => {
  const folder = new URL('../../static/emoji/', import.meta.url);
  const wanted = Object.keys(built).filter((path) => path.startsWith(fileURLToPath(folder)));
  assert.deepEqual(readdirSync(folder).sort(), wanted.map((path) => path.replace(/.*\//, '')).sort());
});

test('the bundle is light, styles and jQuery included', () => {
  assert.ok(weigh(WIDGET) <= LIMIT, `${weigh(WIDGET)} bytes gzipped`);
});

test('the emoji weigh nothing before they are wanted, and little then', () => {
  assert.doesNotMatch(served(WIDGET), /🥸|🦤|parley-picker-grid/u);
  assert.ok(weigh(EMOJI) <= EMOJI_LIMIT, `${weigh(EMOJI)} bytes gzipped`);
  for (const path of names) assert.ok(weigh(path) <= NAMES_LIMIT, `${path}: ${weigh(path)} bytes gzipped`);
});

test('the bundles need nothing else but the emoji: no other module, no other address', () => {
  const [widget, emoji] = [served(WIDGET), served(EMOJI)];
  assert.equal(widget.match(/\bimport\s*\(/g).length, 1);
  assert.equal(widget.match(/emoji\.js/g).length, 1);
  assert.doesNotMatch(emoji, /\bimport\b|\bfetch\b/);
  for (const text of [widget, emoji]) {
    assert.doesNotMatch(text, /\bimport\.meta|sourceMappingURL/);
    assert.doesNotMatch(text, /["'`]https?:\/\/(?!www\.w3\.org)/);
  }
});
