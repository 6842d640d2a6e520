// Times as people say them, always computed anew from epoch milliseconds.
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const QUARTER = 15 * MINUTE;
const REMEMBERED = 20_000;
/** Whatever a language would choose: one kind of digits beside another confuses, and days are those of the server. */
const EVERYWHERE = { numberingSystem: 'latn', calendar: 'gregory' };

/** `timeZone` is for tests; people have the one of their machine. */
export class Times {
  #formats = new Map();
  #days = new Map();
  #clocks = new Map();

  constructor({ locale, t, timeZone }) {
    Object.assign(this, { locale, t, timeZone });
  }

  /** a few seconds ago, 5 minutes ago, 14:03, yesterday 14:03, Monday 14:03, 2025-11-20. */
  friendly(time, now) {
    const ago = now - time;
    if (ago < MINUTE) return this.t('time_seconds');
    if (ago < HOUR) return this.t('time_minutes', { count: Math.floor(ago / MINUTE) });
    const days = this.daysBetween(time, now);
    if (days === 0) return this.clock(time);
    if (days === 1) return this.t('time_yesterday', { time: this.clock(time) });
    if (days < 7) return this.t('time_weekday', { weekday: this.weekday(time), time: this.clock(time) });
    return this.day(time);
  }

  /** The same, short enough for a list: the day alone when it is not today. */
  brief(time, now) {
    const days = this.daysBetween(time, now);
    if (now - time < MINUTE) return this.t('brief_seconds');
    if (now - time < HOUR) return this.t('brief_minutes', { count: Math.floor((now - time) / MINUTE) });
    if (days <= 0) return this.clock(time);
    if (days === 1) return this.t('yesterday');
    return days < 7 ? this.weekday(time) : this.day(time);
  }

  /** Below a bubble, where the day already stands above. */
  inThread(time, now) {
    return now - time < HOUR ? this.friendly(time, now) : this.clock(time);
  }

  /** The heading of a day in a thread. */
  dayHeading(time, now) {
    const days = this.daysBetween(time, now);
    if (days <= 0) return this.t('today');
    if (days === 1) return this.t('yesterday');
    return days < 7 ? this.weekday(time) : this.#format('long', { dateStyle: 'long' }).format(time);
  }

  /** Everything, for a tooltip. */
  full(time) {
    return this.#format('full', { dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' }).format(time);
  }

  clock(time) {
    return remembered(this.#clocks, Math.floor(time / MINUTE), () => {
      const { hour, minute } = this.#parts(time);
      return `${hour}:${minute}`;
    });
  }

  /** Asked for every message of a long thread: remembered by the quarter of an hour, within which no day begins. */
  day(time) {
    return remembered(this.#days, Math.floor(time / QUARTER), () => {
      const { year, month, day } = this.#parts(time);
      return `${year}-${month}-${day}`;
    });
  }

  weekday(time) {
    return this.#format('weekday', { weekday: 'long' }).format(time);
  }

  /** Calendar days, not times 24 hours: 23:59 was yesterday one minute later. */
  daysBetween(time, now) {
    return Math.round((Date.parse(this.day(now)) - Date.parse(this.day(time))) / (24 * HOUR));
  }

  #parts(time) {
    const format = this.#format('parts', {
      year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    }, 'en-GB');
    return Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  }

  #format(name, options, locale = this.locale) {
    const held = this.#formats.get(name) ?? new Intl.DateTimeFormat(locale, { ...options, ...EVERYWHERE, timeZone: this.timeZone });
    this.#formats.set(name, held);
    return held;
  }
}

function remembered(held, key, make) {
  if (held.size > REMEMBERED) held.clear();
  if (!held.has(key)) held.set(key, make());
  return held.get(key);
}
