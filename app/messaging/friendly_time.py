"""Relative times as people write them, in the reader's locale.

Chinese forms: 几秒前, N分钟前, HH:MM, 昨天 HH:MM, 星期X HH:MM, YYYY-MM-DD; others likewise.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import lru_cache

from app.messaging.languages import words_of

MINUTE = 60_000
HOUR = 60 * MINUTE


def friendly_time(time: int, now: int, locale: str, zone: tzinfo) -> str:
    """`time` and `now` in epoch milliseconds; the zone decides what today and HH:MM are."""
    words = words_of(locale)
    age = now - time
    if age < MINUTE:  # also clocks that ran ahead
        return words.now
    if age < HOUR:
        return words.minutes(age // MINUTE)
    day, clock, weekday, date = _moment(time // MINUTE, zone)
    days = _moment(now // MINUTE, zone)[0] - day
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
