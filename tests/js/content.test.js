import assert from 'node:assert/strict';
import { test } from 'node:test';

import { withoutEmptyEnds } from '../../static/parley/content.js';

test('empty lines at both ends are left out, everything between them stays', () => {
  const kept = ['', 'a', '  a  ', 'a\n\n\nb', '  a\n\t\n  b  '];
  for (const text of kept) {
    assert.equal(withoutEmptyEnds(text), text);
    assert.equal(withoutEmptyEnds(`\n \t\n${text || 'x'}\n\n  \n`), text || 'x');
  }
});
