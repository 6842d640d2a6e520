"""Relative times as people write them, in the reader's locale.

Chinese forms: 几秒前, N分钟前, HH:MM, 昨天 HH:MM, 星期X HH:MM, YYYY-MM-DD; others likewise.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo
from functools import lru_cache

from app.messaging.languages import Words, words_of

MINUTE = 60_000
HOUR = 60 * MINUTE


def friendly_time(time: int, now: int, locale: str, zone: tzinfo) -> str:
    """`time` and `now` in epoch milliseconds; the zone decides what today and HH:MM are."""
    return friendly_times((time,), now, locale, zone)[0]


def friendly_times(times: Iterable[int], now: int, locale: str, zone: tzinfo) -> list[str]:
    """Those of a page: what they have in common is looked up once, as is a minute of talk."""
    words = words_of(locale)
    today = _moment(now // MINUTE, zone)[0]
    said, last, text = [], -1, ""
    for time in times:
        age = now - time
        if age < MINUTE:  # also clocks that ran ahead
            said.append(words.now)
        elif age < HOUR:
            said.append(words.minutes(age // MINUTE))
        else:
            minute = time // MINUTE
            if minute != last:
                last, text = minute, _on_its_day(minute, today, words, zone)
            said.append(text)
    return said


def _on_its_day(minute: int, today: int, words: Words, zone: tzinfo) -> str:
    day, clock, weekday, date = _moment(minute, zone)
    days = today - day
    if days <= 0:
        return clock
    if days == 1:
        return words.yesterday.format(clock)
    return f"{words.weekdays[weekday]} {clock}" if days < 7 else date


@lru_cache(maxsize=8192)
def _moment(minute: int, zone: tzinfo) -> tuple[int, str, int, str]:
    """A minute since the epoch as day number, HH:MM, weekday and date there.

    Kept, because a page of history asks for the same few minutes again and again.
    """
    then = datetime.fromtimestamp(60 * minute, zone)
    return then.toordinal(), f"{then:%H:%M}", then.weekday(), f"{then:%Y-%m-%d}"
