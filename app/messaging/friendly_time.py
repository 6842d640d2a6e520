"""Relative times as people write them, in the reader's locale.

Chinese forms: 几秒前, N分钟前, HH:MM, 昨天 HH:MM, 星期X HH:MM, YYYY-MM-DD; others likewise.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

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
    then = datetime.fromtimestamp(time / 1000, zone)
    days = (datetime.fromtimestamp(now / 1000, zone).date() - then.date()).days
    clock = f"{then:%H:%M}"
    if days <= 0:
        return clock
    if days == 1:
        return words.yesterday.format(clock)
    if days < 7:
        return f"{words.weekdays[then.weekday()]} {clock}"
    return f"{then:%Y-%m-%d}"
