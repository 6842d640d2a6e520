import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { EmojiBook, TONES, toned, toneOf } from '../../static/parley/emoji_book.js';
import { EmojiHabits } from '../../static/parley/emoji_habits.js';
import { isFewEmoji } from '../../static/parley/emoji.js';
import { SafeStorage } from '../../static/parley/storage.js';

const groupsIn = (locale) => JSON.parse(readFileSync(new URL(`../../static/emoji/${locale}.json`, import.meta.url), 'utf8'));
const books = Object.fromEntries(['en', 'zh-CN', 'zh-TW', 'ar'].map((locale) => [locale, new EmojiBook(groupsIn(locale))]));
const found = (locale, query) => books[locale].find(query).map(({ emoji }) => emoji);

test('nine groups, each emoji once, in every language the same', () => {
  const emoji = (locale) => books[locale].groups.map((entries) => entries.map((entry) => entry.emoji));
  assert.equal(emoji('en').length, 9);
  const all = emoji('en').flat();
  assert.ok(all.length > 1800);
  assert.equal(new Set(all).size, all.length);
  for (const locale of Object.keys(books)) assert.deepEqual(emoji(locale), emoji('en'), locale);
});

test('whatever is chosen is sent as Unicode recommends it, and shown large', () => {
  for (const { emoji, light } of books.en.all) {
    assert.doesNotMatch(emoji, /\p{Emoji_Presentation}\ufe0f/u, emoji);
    for (const one of [emoji, ...(light ? TONES.map((_, tone) => toned({ emoji, light }, tone)) : [])]) assert.ok(isFewEmoji(one), one);
  }
});

test('every emoji has a name of its own language', () => {
  assert.ok(books.en.all.every(({ name }) => /^[\x20-\x7e\u00c0-\u024f’“”]+$/.test(name)));
  const own = { 'zh-CN': /\p{Script=Han}/u, 'zh-TW': /\p{Script=Han}/u, ar: /\p{Script=Arabic}/u };
  for (const [locale, script] of Object.entries(own)) {
    const without = books[locale].all.filter(({ name }) => !script.test(name));
    assert.ok(without.length < 10, `${locale}: ${without.map(({ emoji, name }) => emoji + name)}`);
  }
});

const FINDS = [
  ['en', 'heart', '❤️'], ['en', 'thumbs up', '👍'], ['en', '  Thumbs   UP ', '👍'], ['en', 'lol', '😂'], ['en', 'thumb', '👍'],
  ['en', 'piñata', '🪅'], ['en', 'pinata', '🪅'], ['en', 'flag germany', '🇩🇪'], ['en', 'red heart', '❤️'], ['en', '🎉', '🎉'],
  ['zh-CN', '心', '❤️'], ['zh-CN', '赞', '👍'], ['zh-CN', '火锅', '🫕'], ['zh-CN', '狗', '🐶'], ['zh-CN', 'dog', '🐶'], ['zh-CN', '中国', '🇨🇳'],
  ['zh-TW', '讚', '👍'], ['zh-TW', '愛', '❤️'], ['zh-TW', '貓', '🐱'],
  ['ar', 'قلب', '❤️'], ['ar', 'أرنب', '🐰'], ['ar', 'ارنب', '🐰'], ['ar', 'الصين', '🇨🇳'], ['ar', 'rabbit', '🐰'],
];
for (const [locale, query, emoji] of FINDS) {
  test(`${locale}: "${query}" finds ${emoji}`, () => assert.ok(found(locale, query).includes(emoji), found(locale, query).join(' ')));
}

test('the nearest come first', () => {
  assert.equal(found('en', 'dog')[0], '🐕');
  assert.equal(found('en', 'fire')[0], '🔥');
  assert.equal(found('en', 'thumbs up')[0], '👍');
  assert.equal(found('en', 'cat')[0], '🐈');
  assert.equal(found('zh-CN', '嘿嘿')[0], '😀');
  assert.ok(!found('en', 'cat').includes('🎓')); // "education": a word is looked for from its beginning
});

test('words that lead nowhere, and odd ones', () => {
  for (const query of ['', '   ', 'zzzz', 'heart zzzz', '.*', '\\', '[', '*'.repeat(64)]) assert.deepEqual(found('en', query), [], query);
  assert.ok(found('en', 'a').length <= 120);
});

test('a search is quick', () => {
  found('ar', 'x'); // the first one makes the index
  const started = performance.now();
  for (const query of ['a', 'e', 'face with', 'و', 'zzz']) found('ar', query);
  assert.ok(performance.now() - started < 500);
});

test('tones', () => {
  const entry = books.en.entryOf('🧑‍🤝‍🧑');
  assert.equal(toned(entry, 0), '🧑‍🤝‍🧑');
  assert.equal(toned(entry, 5), '🧑🏿‍🤝‍🧑🏿');
  assert.equal(toneOf('🧑🏿‍🤝‍🧑🏿'), 5);
  assert.equal(books.en.entryOf('🧑🏿‍🤝‍🧑🏿'), entry);
  assert.equal(toned(books.en.entryOf('😀'), 5), '😀');
  assert.equal(books.en.entryOf('⛹🏽‍♀️').emoji, '⛹️‍♀️');
  assert.equal(toneOf('😀'), 0);
  assert.equal(books.en.entryOf('x'), undefined);
});

test('what the browser cannot draw is left out, and asked for once a version', () => {
  const asked = [];
  const book = new EmojiBook(groupsIn('en'), (emoji) => asked.push(emoji) && !/\p{RI}/u.test(emoji));
  assert.ok(asked.length < 10);
  assert.equal(book.all.length, books.en.all.filter(({ emoji }) => !/\p{RI}/u.test(emoji)).length);
  assert.equal(book.entryOf('🇩🇪'), undefined);
  assert.ok(book.entryOf('🏁'));
});

function memory() {
  const held = new Map();
  return { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => void held.set(key, value), held };
}

test('the last used come first, each once, so many', () => {
  const habits = new EmojiHabits(new SafeStorage(memory(), 'alice/emoji'));
  for (const emoji of [...'abcdefghijklmnopqrstuvwxyz0123456789', 'c']) habits.use(emoji);
  assert.deepEqual(habits.recent.slice(0, 4), ['c', '9', '8', '7']);
  assert.equal(habits.recent.length, 32);
});

test('habits are one person’s own, and nothing is left once the storage is empty', () => {
  const storage = memory();
  const [alice, bob] = ['alice', 'bob'].map((name) => new EmojiHabits(new SafeStorage(storage, `${name}/emoji`)));
  alice.use('🎉');
  alice.tone = 3;
  assert.deepEqual([bob.recent, bob.tone], [[], 0]);
  assert.ok([...storage.held.keys()].every((key) => key.startsWith('parley/alice/')));
  storage.held.clear();
  assert.deepEqual([alice.recent, alice.tone], [[], 0]);
});

test('habits are kept in memory where nothing can be stored, and nonsense in the storage is none', () => {
  const full = { getItem: () => null, setItem: () => { throw new Error('full'); } };
  const habits = new EmojiHabits(new SafeStorage(full, 'x'));
  habits.use('🎉');
  habits.tone = 2;
  assert.deepEqual([habits.recent, habits.tone], [['🎉'], 2]);
  for (const nonsense of ['{', '[1]', '{"length":3}', '"x"', '99', '-1', '1.5']) {
    const edited = new EmojiHabits(new SafeStorage({ getItem: () => nonsense, setItem() {} }, 'x'));
    assert.deepEqual([edited.recent, edited.tone], [[], 0], nonsense);
  }
});
