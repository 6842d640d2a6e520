"""Relative times as people write them, in the reader's locale.

Chinese forms: 几秒前, N分钟前, HH:MM, 昨天 HH:MM, 星期X HH:MM, YYYY-MM-DD; others likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

MINUTE = 60_000
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class Words:
    now: str
    one_minute: str
    minutes: str
    yesterday: str
    weekdays: tuple[str, ...]  # Monday first


WORDS = {
    "zh": Words(
        "几秒前",
        "1分钟前",
        "{}分钟前",
        "昨天 {}",
        tuple(f"星期{day}" for day in "一二三四五六日"),
    ),
    "en": Words(
        "just now",
        "1 minute ago",
        "{} minutes ago",
        "yesterday {}",
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    ),
}


def friendly_time(time: int, now: int, locale: str, zone: tzinfo) -> str:
    """`time` and `now` in epoch milliseconds; the zone decides what today and HH:MM are."""
    words = WORDS.get(locale[:2].lower(), WORDS["en"])
    age = now - time
    if age < MINUTE:  # also clocks that ran ahead
        return words.now
    if age < HOUR:
        minutes = age // MINUTE
        return words.one_minute if minutes == 1 else words.minutes.format(minutes)
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
