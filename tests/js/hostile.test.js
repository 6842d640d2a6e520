import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cleaned, charactersLeft, isBlank } from '../../static/parley/content.js';
import { segmentsOf } from '../../static/parley/links.js';
import { initialsOf, personOf, safeImageUrl } from '../../static/parley/person.js';

const HOSTILE = [
  '<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '"><svg onload=alert(1)>', "javascript:alert(1)",
  'JaVaScRiPt:alert(1)', 'data:text/html,<script>alert(1)</script>', 'vbscript:x', '\u0001javascript:alert(1)',
  'java\nscript:alert(1)', 'http:alert(1)', 'http://', 'https://', 'ftp://example.org/x', 'file:///etc/passwd', 'blob:https://x/y',
];

for (const text of HOSTILE) {
  test(`is only text: ${JSON.stringify(text)}`, () => {
    const segments = segmentsOf(text);
    assert.equal(segments.map((segment) => segment.text).join(''), text);
    assert.ok(segments.every(({ href }) => href === undefined));
  });
}

test('a link ends where markup, quotes or direction marks begin', () => {
  const hrefs = (text) => segmentsOf(text).flatMap(({ href }) => href ?? []);
  assert.deepEqual(hrefs('see https://example.org/a"onmouseover="alert(1)'), ['https://example.org/a']);
  assert.deepEqual(hrefs('<https://example.org/a>'), ['https://example.org/a']);
  assert.deepEqual(hrefs('https://example.org/\u202egnp.exe'), ['https://example.org/']);
  assert.deepEqual(hrefs('(see https://en.wikipedia.org/wiki/A_(b)).'), ['https://en.wikipedia.org/wiki/A_(b)']);
  assert.deepEqual(hrefs('看https://example.org/x，好'), ['https://example.org/x']);
  assert.deepEqual(hrefs('http://a.example, HTTPS://b.example!'), ['http://a.example', 'HTTPS://b.example']);
});

test('joined segments are always the text itself', () => {
  for (const text of ['', 'a', 'https://a.b https://c.d', 'x https://a.b.', 'https://a.b\nhttps://c.d)', '🙂https://a.b🙂']) {
    assert.equal(segmentsOf(text).map((segment) => segment.text).join(''), text);
  }
});

test('looking for links takes no time on texts made to be slow', () => {
  const started = process.cpuUsage(); // a busy machine makes us wait, not work
  for (const text of ['https://'.repeat(1000), `https://${'('.repeat(8000)}`, `https://a${')'.repeat(8000)}`, `https://a${'.'.repeat(8000)}x`]) segmentsOf(text);
  assert.ok(process.cpuUsage(started).user < 1_000_000);
});

test('pictures come over http(s) or from a path of our own', () => {
  for (const url of ['/avatar/1.svg', 'https://example.org/a.png', 'http://example.org/a.png']) assert.equal(safeImageUrl(url), url);
  const refused = [...HOSTILE, '//evil.example/x', '/\\evil.example', '/\t/evil.example', '\\\\evil', '', null, 5, {}, 'avatar.png', ' https://x'];
  for (const url of refused) assert.equal(safeImageUrl(url), null, String(url));
});

test('a person is somebody with an id; the rest is made safe', () => {
  assert.equal(personOf(null), null);
  assert.equal(personOf({ user_id: '1' }), null);
  const person = personOf({ user_id: 1, username: 5, name: {}, avatar: 'javascript:alert(1)' });
  assert.deepEqual(person, { id: 1, username: '1', name: '1', avatar: null, kind: '' });
});

test('initials of any name there is', () => {
  const names = { 'Ada Lovelace': 'AL', bob: 'B', '张伟': '张', '  ': '?', '👩‍🚀 x': '👩X', '<b>': '<', 'a b c': 'AC' };
  for (const [name, initials] of Object.entries(names)) assert.equal(initialsOf(name), initials);
});

test('content is counted as the server counts it, and cleaned of what cannot be stored', () => {
  assert.equal(charactersLeft('🙂'.repeat(8192)), 0);
  assert.equal(charactersLeft('a'.repeat(8193)), -1);
  assert.equal(cleaned('a\0b\ud800c\r\nd'), 'ab\ufffdc\nd');
  assert.equal(cleaned('👩‍👩‍👧 \u200f'), '👩‍👩‍👧 \u200f');
  assert.ok(isBlank(' \n\u3000'));
});
