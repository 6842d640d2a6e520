import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

import { ROOT, sources } from './support/files.js';

const parley = sources('static/parley');
const page = sources('static/page');
const embed = sources('static/embed');
/** The files that put logic and view together. */
const COMPOSITION = new Set(['widget.js', 'session.js', 'instances.js', 'jquery.parley.js']);
const isView = (name) => name.startsWith('view/');
const isLogic = ({ name }) => !isView(name) && !COMPOSITION.has(name);

function importsOf({ name, text }) {
  const found = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, path]) => path);
  return found.map((path) => normalize(join(dirname(name), path)));
}

test('logic never imports view', () => {
  for (const source of parley.filter(isLogic)) {
    const wrong = importsOf(source).filter((path) => isView(path) || COMPOSITION.has(path));
    assert.deepEqual(wrong, [], source.name);
  }
});

test('logic knows neither document nor window', () => {
  for (const { name, text } of parley.filter(isLogic)) {
    const code = text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '').replace(/'[^'\n]*'/g, "''");
    assert.doesNotMatch(code, /\b(document|window|sessionStorage|localStorage|HTMLElement|jQuery)\b/, name);
  }
});

test('views reach neither the network nor the storage', () => {
  for (const source of parley.filter(({ name }) => isView(name))) {
    const wrong = importsOf(source).filter((path) => /^(transport|api|cache|outbox|storage|store|courier)\.js$/.test(path));
    assert.deepEqual(wrong, [], source.name);
    assert.doesNotMatch(source.text, /\bfetch\(|WebSocket|sessionStorage|localStorage/, source.name);
  }
});

test('the widget imports only itself: no host, no package, no page', () => {
  for (const source of parley) {
    assert.ok(importsOf(source).every((path) => !path.startsWith('..')), source.name);
    assert.doesNotMatch(source.text, /from '[^.]/, source.name);
  }
});

test('nothing turns text into HTML or code', () => {
  const forbidden = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser|srcdoc|\.html\(|createContextualFragment/;
  for (const { name, text } of [...parley, ...page, ...embed]) assert.doesNotMatch(text, forbidden, name);
});

test('templates hold no inline script, style or handler', () => {
  for (const { name, text } of sources('templates', '.html')) {
    assert.doesNotMatch(text, /<style|\sstyle=|\son\w+=|javascript:|\{%\s*raw/i, name);
    assert.doesNotMatch(text, /<script(?![^>]*\ssrc=)/i, name);
  }
});

test('every file is one room', () => {
  for (const { name, text } of [...parley, ...page, ...embed]) {
    assert.ok(text.startsWith('//') || name.includes('catalog'), `${name} says what it is for`);
    assert.ok(text.split('\n').length <= 200, `${name} is too long`);
  }
});

test('jQuery is the package that is pinned', () => {
  const text = (path) => readFileSync(join(ROOT, path), 'utf8');
  const { version } = JSON.parse(text('node_modules/jquery/package.json'));
  assert.equal(JSON.parse(text('package.json')).devDependencies.jquery, version);
  assert.ok(text('static/vendor/jquery.min.js') === text('node_modules/jquery/dist/jquery.min.js'));
});

test('the lock file names packages, not the place they came from', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  for (const [name, { funding, ...rest }] of Object.entries(packages)) { // who may be thanked is an address of theirs
    assert.doesNotMatch(JSON.stringify(rest), /"resolved"|https?:\/\//, name);
  }
});
