import assert from 'node:assert/strict';
import { test } from 'node:test';

import { translator } from '../../static/parley/i18n.js';
import { Times } from '../../static/parley/time.js';

const NOW = Date.UTC(2025, 10, 20, 10, 0, 0); // a Thursday
const at = (...parts) => Date.UTC(2025, 10, ...parts);
const times = (locale, timeZone = 'UTC') => new Times({ locale, t: translator(locale), timeZone });

const CASES = [
  [NOW + 5_000, '几秒前', 'a few seconds ago'],
  [NOW - 59_999, '几秒前', 'a few seconds ago'],
  [NOW - 60_000, '1分钟前', '1 minute ago'],
  [NOW - 59 * 60_000, '59分钟前', '59 minutes ago'],
  [NOW - 60 * 60_000, '09:00', '09:00'],
  [at(20, 0, 0), '00:00', '00:00'],
  [at(19, 23, 59), '昨天 23:59', 'yesterday 23:59'],
  [at(18, 14, 3), '星期二 14:03', 'Tuesday 14:03'],
  [at(14, 8, 5), '星期五 08:05', 'Friday 08:05'],
  [at(13, 23, 59), '2025-11-13', '2025-11-13'],
  [Date.UTC(2024, 1, 29), '2024-02-29', '2024-02-29'],
];

for (const [time, chinese, english] of CASES) {
  test(`${new Date(time).toISOString()} is ${chinese}, ${english}`, () => {
    assert.equal(times('zh-CN').friendly(time, NOW), chinese);
    assert.equal(times('en').friendly(time, NOW), english);
  });
}

test('just after midnight, minutes still count before days', () => {
  assert.equal(times('zh-CN').friendly(at(19, 23, 50), at(20, 0, 5)), '15分钟前');
});

test('days are those of the reader, also where the clocks change', () => {
  const berlin = times('en', 'Europe/Berlin');
  const now = Date.UTC(2025, 9, 26, 12); // the day with 25 hours
  assert.equal(berlin.friendly(Date.UTC(2025, 9, 25, 22, 30), now), '00:30');
  assert.equal(berlin.friendly(Date.UTC(2025, 9, 25, 21, 30), now), 'yesterday 23:30');
  assert.equal(times('en', 'Asia/Shanghai').day(at(20, 16, 30)), '2025-11-21');
});

test('headings and list times', () => {
  const zh = times('zh-CN');
  assert.equal(zh.dayHeading(NOW, NOW), '今天');
  assert.equal(zh.dayHeading(at(19, 1), NOW), '昨天');
  assert.equal(zh.dayHeading(at(17, 1), NOW), '星期一');
  assert.equal(zh.dayHeading(at(1, 1), NOW), '2025年11月1日');
  assert.equal(zh.brief(at(19, 1), NOW), '昨天');
  assert.equal(zh.brief(at(17, 1), NOW), '星期一');
  assert.equal(zh.brief(NOW - 1, NOW), '几秒前');
});

test('in traditional characters, and in Arabic with the same digits everywhere', () => {
  const [tw, ar] = [times('zh-HK'), times('ar')];
  assert.equal(tw.friendly(NOW - 5 * 60_000, NOW), '5分鐘前');
  assert.equal(tw.friendly(at(18, 14, 3), NOW), '星期二 14:03');
  const bare = (text) => text.replace(/[\u2068\u2069]/g, '');
  const spoken = [NOW, NOW - 60_000, NOW - 120_000, NOW - 3 * 60_000, NOW - 40 * 60_000, at(20, 0, 0), at(19, 23, 59), at(18, 14, 3), at(1, 1)];
  assert.deepEqual(spoken.map((time) => bare(ar.friendly(time, NOW))), [
    'قبل ثوانٍ', 'قبل دقيقة واحدة', 'قبل دقيقتين', 'قبل 3 دقائق', 'قبل 40 دقيقة', '00:00', 'أمس 23:59', 'الثلاثاء 14:03', '2025-11-01',
  ]);
  assert.match(ar.dayHeading(at(1, 1), NOW), /^1 \S+ 2025$/);
  assert.match(ar.full(NOW), /2025/);
});
