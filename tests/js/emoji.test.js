import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isFewEmoji } from '../../static/parley/emoji.js';

const FEW = ['😀', '❤️', '👍🏽', '☝🏿', '🇩🇪', '1️⃣', '👩‍👩‍👧‍👦', '🏳️‍🌈', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '❤️‍🔥', '👨🏻‍🦰', '😀😀😀', '😀 👍🏽\n🎉', ' 🎉 '];
const NOT = ['', ' ', 'a', '1', '12', '#', '©', '™', '😀😀😀😀', '😀a', 'ok 👍', '🇩', '\u200d', '\ufe0f', ' '.repeat(200)];

for (const text of FEW) test(`${JSON.stringify(text)} is shown large`, () => assert.equal(isFewEmoji(text), true));
for (const text of NOT) test(`${JSON.stringify(text)} is text`, () => assert.equal(isFewEmoji(text), false));

test('a long text costs nothing', () => {
  const started = performance.now();
  for (const text of ['😀'.repeat(4_000), '👩‍'.repeat(40), '🇩'.repeat(59), ' '.repeat(119) + 'a']) assert.equal(isFewEmoji(text), false);
  assert.ok(performance.now() - started < 200);
});
