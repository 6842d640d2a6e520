import assert from 'node:assert/strict';
import { test } from 'node:test';

import emoji from '../../static/parley/catalog/emoji.js';
import { pageCatalogs, pageTranslator } from '../../static/page/words.js';
import { catalogs, directionMark, directionOf, resolveLocale, translator } from '../../static/parley/i18n.js';
import { sources } from './support/files.js';

const { en } = catalogs;
const forms = (entry) => (typeof entry === 'string' ? { other: entry } : entry);
const WORDED = new Set(['zero', 'one', 'two']);
const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

for (const [kind, all] of Object.entries({ words: catalogs, 'words of the page': pageCatalogs, 'words of the emoji': emoji })) {
  for (const [locale, catalog] of Object.entries(all)) {
    test(`${locale} has the ${kind} of en, with the same places to fill`, () => {
      assert.deepEqual(Object.keys(catalog).sort(), Object.keys(all.en).sort());
      for (const [key, entry] of Object.entries(catalog)) {
        const wanted = names(forms(all.en[key]).other);
        for (const [form, text] of Object.entries(forms(entry))) {
          // "no message", "one message" and "two messages" may say the number in words
          const given = WORDED.has(form) && !names(text).includes('count') ? [...names(text), 'count'].sort() : names(text);
          assert.deepEqual(given, wanted, `${key} ${form}`);
        }
      }
    });

    test(`${locale} has every plural form of the ${kind} that its language needs`, () => {
      const categories = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
      for (const [key, entry] of Object.entries(catalog)) {
        if (typeof entry !== 'string') assert.deepEqual(Object.keys(entry).sort(), [...categories].sort(), key);
      }
    });
  }
}

/** Calls of t(), and keys that stand in tables. */
function keysIn(...folders) {
  const code = folders.flatMap((folder) => sources(folder)).filter(({ name }) => !name.includes('catalog'));
  const text = code.map((source) => source.text).join('\n');
  return { has: (key) => text.includes(`'${key}'`), asked: [...text.matchAll(/\bt\('(\w+)'/g)].map(([, key]) => key) };
}

test('every key is used, and every key used exists', () => {
  const [widget, page] = [keysIn('static/parley', 'static/embed'), keysIn('static/page')];
  assert.deepEqual(Object.keys(en).filter((key) => !widget.has(key)), []);
  assert.deepEqual(Object.keys(pageCatalogs.en).filter((key) => !page.has(key)), []);
  assert.deepEqual(widget.asked.filter((key) => !(key in en)), []);
  assert.deepEqual(page.asked.filter((key) => !(key in en) && !(key in pageCatalogs.en)), []);
});

test('the page has its own words and those of the widget, none of them twice', () => {
  const t = pageTranslator('zh-TW');
  assert.deepEqual([t('sign_in'), t('rooms')], ['登入', '聊天室']);
  assert.deepEqual(Object.keys(pageCatalogs.en).filter((key) => key in en), []);
});

test('every word of the emoji is used, and every one used exists', () => {
  const text = sources('static/parley/view').filter(({ name }) => name.startsWith('picker')).map((source) => source.text).join('\n');
  const used = [...text.matchAll(/\bword\('(\w+)'/g)].map(([, key]) => key);
  assert.deepEqual(used.filter((key) => !(key in emoji.en)), []);
  const unused = Object.keys(emoji.en).filter((key) => !text.includes(`'${key}'`) && !/^tone_[0-5]$/.test(key));
  assert.deepEqual(unused, []);
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
  const wanted = {
    zh_TW: 'zh-TW', 'zh-hk': 'zh-TW', 'zh-Hant': 'zh-TW', 'zh-Hant-MO': 'zh-TW', 'zh-Hans-HK': 'zh-CN', 'zh-SG': 'zh-CN',
    ar: 'ar', 'ar-EG': 'ar', ar_SA: 'ar', arc: 'en', constructor: 'en', en: 'en', 'en-GB': 'en', zh: 'zh-CN', 'zh-CN': 'zh-CN', zh_CN: 'zh-CN', 'zh-Hans-CN': 'zh-CN', fr: 'en', '': 'en',
  };
  for (const [asked, given] of Object.entries(wanted)) assert.equal(resolveLocale(asked), given);
  assert.equal(resolveLocale(undefined), 'en');
  assert.equal(directionOf('ar-EG'), 'rtl');
  assert.equal(directionOf('zh-CN'), 'ltr');
});

test('chooses the Arabic form by the number', () => {
  const t = translator('ar');
  assert.equal(t('unread', { count: 1 }), 'رسالة واحدة غير مقروءة');
  assert.equal(t('unread', { count: 2 }), 'رسالتان غير مقروءتين');
  assert.equal(t('unread', { count: 3 }), '3 رسائل غير مقروءة');
  assert.equal(t('unread', { count: 11 }), '11 رسالة غير مقروءة');
});

test('isolates words that are read the other way from the sentence around them', () => {
  assert.equal(translator('en')('write_to', { name: 'Bob' }), 'Write a message to Bob');
  assert.equal(translator('en')('write_to', { name: 'ليلى' }), 'Write a message to \u2068ليلى\u2069');
  assert.equal(translator('en')('write_to', { name: '\u202eevil' }), 'Write a message to \u2068\u202eevil\u2069');
  assert.equal(translator('ar')('last_seen', { time: '2025-11-13' }), 'آخر ظهور: \u20682025-11-13\u2069');
});

test('a line runs as its first letter does', () => {
  const marks = ['hello نور', '1. نور', '\u{10800}', '你好', '💡 12', ''].map(directionMark);
  assert.deepEqual(marks, ['\u200e', '\u200f', '\u200f', '\u200e', '', '']);
});
