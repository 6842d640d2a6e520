import assert from 'node:assert/strict';
import { test } from 'node:test';

import { catalogs, directionOf, resolveLocale, translator } from '../../static/parley/i18n.js';
import { sources } from './support/files.js';

const { en } = catalogs;
const forms = (entry) => (typeof entry === 'string' ? { other: entry } : entry);
const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

for (const [locale, catalog] of Object.entries(catalogs)) {
  test(`${locale} has the keys of en, with the same places to fill`, () => {
    assert.deepEqual(Object.keys(catalog).sort(), Object.keys(en).sort());
    for (const [key, entry] of Object.entries(catalog)) {
      const wanted = names(forms(en[key]).other);
      for (const text of Object.values(forms(entry))) assert.deepEqual(names(text), wanted, key);
    }
  });

  test(`${locale} has every plural form its language needs`, () => {
    const categories = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    for (const [key, entry] of Object.entries(catalog)) {
      if (typeof entry !== 'string') assert.deepEqual(Object.keys(entry).sort(), [...categories].sort(), key);
    }
  });
}

test('every key is used, and every key used exists', () => {
  const code = sources('static').filter(({ name }) => !name.includes('catalog') && !name.includes('vendor'));
  const text = code.map((source) => source.text).join('\n');
  const unused = Object.keys(en).filter((key) => !text.includes(`'${key}'`));
  assert.deepEqual(unused, []);
  const used = [...text.matchAll(/\bt\('(\w+)'/g)].map(([, key]) => key);
  assert.deepEqual(used.filter((key) => !(key in en)), []);
});

test('fills in names literally, and numbers by the language', () => {
  const t = translator('en');
  assert.equal(t('announce', { name: '{content}', content: '$& <b>' }), '{content}: $& <b>');
  assert.equal(t('unread', { count: 1 }), '1 unread message');
  assert.equal(t('unread', { count: 7 }), '7 unread messages');
  assert.equal(translator('zh-CN')('unread', { count: 1 }), '1 条未读消息');
  assert.equal(translator('zh-CN')('recipient_offline'), '未在线,等待上线回复.');
  assert.throws(() => t('no such key'), /no text for/);
});

test('finds the catalog for what browsers ask for', () => {
  const wanted = { en: 'en', 'en-GB': 'en', zh: 'zh-CN', 'zh-CN': 'zh-CN', zh_CN: 'zh-CN', 'zh-Hans-CN': 'zh-CN', fr: 'en', '': 'en' };
  for (const [asked, given] of Object.entries(wanted)) assert.equal(resolveLocale(asked), given);
  assert.equal(resolveLocale(undefined), 'en');
  assert.equal(directionOf('ar-EG'), 'rtl');
  assert.equal(directionOf('zh-CN'), 'ltr');
});
