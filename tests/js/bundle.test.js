import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

import { bundle, OUTPUT } from '../../tools/build_widget.mjs';

const LIMIT = 60 * 1024;

test('the bundle that is served was built from these sources (npm run build)', async () => {
  assert.ok(readFileSync(OUTPUT, 'utf8') === (await bundle()), 'static/widget.js is not what `npm run build` makes');
});

test('the bundle is light, styles and jQuery included', () => {
  const { length } = gzipSync(readFileSync(OUTPUT), { level: 9 });
  assert.ok(length <= LIMIT, `${length} bytes gzipped`);
});

test('the bundle needs nothing else: no module, no other address', () => {
  const text = readFileSync(OUTPUT, 'utf8');
  assert.doesNotMatch(text, /\bimport\s*\(|\bimport\.meta|sourceMappingURL/);
  assert.doesNotMatch(text, /["'`]https?:\/\/(?!www\.w3\.org)/);
});
