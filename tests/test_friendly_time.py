"""Relative times, as people write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.messaging.friendly_time import friendly_time
from app.messaging.languages import LOCALES, find_locale

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")
NEW_YORK = ZoneInfo("America/New_York")


def at(text: str, zone: ZoneInfo = SHANGHAI) -> int:
    """Epoch milliseconds of a local time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


# Wednesday, 2025-11-19, 15:30 in Shanghai
NOW = "2025-11-19T15:30:00"
FORMS = [
    ("2025-11-19T15:30:00", "几秒前", "just now"),
    ("2025-11-19T15:29:00.001", "几秒前", "just now"),
    ("2025-11-19T15:29:00", "1分钟前", "1 minute ago"),
    ("2025-11-19T15:28:00.001", "1分钟前", "1 minute ago"),
    ("2025-11-19T15:28:00", "2分钟前", "2 minutes ago"),
    ("2025-11-19T14:30:00.001", "59分钟前", "59 minutes ago"),
    ("2025-11-19T14:30:00", "14:30", "14:30"),
    ("2025-11-19T00:00:00", "00:00", "00:00"),
    ("2025-11-18T23:59:59.999", "昨天 23:59", "yesterday 23:59"),
    ("2025-11-18T00:00:00", "昨天 00:00", "yesterday 00:00"),
    ("2025-11-17T23:59:59", "星期一 23:59", "Monday 23:59"),
    ("2025-11-16T09:05:00", "星期日 09:05", "Sunday 09:05"),
    ("2025-11-15T09:05:00", "星期六 09:05", "Saturday 09:05"),
    ("2025-11-14T09:05:00", "星期五 09:05", "Friday 09:05"),
    ("2025-11-13T00:00:00", "星期四 00:00", "Thursday 00:00"),
    ("2025-11-12T23:59:59", "2025-11-12", "2025-11-12"),
    ("2024-02-29T12:00:00", "2024-02-29", "2024-02-29"),
    ("1970-01-01T08:00:00", "1970-01-01", "1970-01-01"),
    ("2025-11-19T15:30:30", "几秒前", "just now"),  # a clock that runs ahead
    ("2025-12-01T00:00:00", "几秒前", "just now"),
]


@pytest.mark.parametrize(("then", "chinese", "english"), FORMS, ids=[form[0] for form in FORMS])
def test_forms(then: str, chinese: str, english: str) -> None:
    for locale in ("zh-CN", "zh", "zh-SG", "zh-Hans-HK", "ZH-cn"):
        assert friendly_time(at(then), at(NOW), locale, SHANGHAI) == chinese
    for locale in ("en", "en-GB", "de", "", "x"):
        assert friendly_time(at(then), at(NOW), locale, SHANGHAI) == english


TRADITIONAL = [
    ("2025-11-19T15:30:00", "幾秒前"),
    ("2025-11-19T15:28:00", "2分鐘前"),
    ("2025-11-18T00:00:00", "昨天 00:00"),
    ("2025-11-16T09:05:00", "星期日 09:05"),
]
ARABIC = [
    ("2025-11-19T15:30:00", "قبل ثوانٍ"),
    ("2025-11-19T15:29:00", "قبل دقيقة واحدة"),
    ("2025-11-19T15:28:00", "قبل دقيقتين"),
    ("2025-11-19T15:20:00", "قبل 10 دقائق"),
    ("2025-11-19T15:19:00", "قبل 11 دقيقة"),
    ("2025-11-19T14:30:00", "14:30"),
    ("2025-11-18T23:59:59.999", "أمس 23:59"),
    ("2025-11-17T23:59:59", "الاثنين 23:59"),
    ("2025-11-12T23:59:59", "2025-11-12"),
]


@pytest.mark.parametrize(("then", "text"), TRADITIONAL)
def test_traditional_characters(then: str, text: str) -> None:
    for locale in ("zh-TW", "zh_TW", "zh-HK", "zh-Hant", "zh-Hant-MO"):
        assert friendly_time(at(then), at(NOW), locale, SHANGHAI) == text


@pytest.mark.parametrize(("then", "text"), ARABIC)
def test_arabic(then: str, text: str) -> None:
    for locale in ("ar", "ar-EG", "AR_sa"):
        assert friendly_time(at(then), at(NOW), locale, SHANGHAI) == text


def test_which_language_a_tag_means() -> None:
    assert [find_locale(locale) for locale in LOCALES] == list(LOCALES)
    for tag in ("", "*", "x", "arc", "zha", "eng", "de-CN", "-zh"):
        assert find_locale(tag) is None


def test_the_zone_says_what_today_and_the_hour_are() -> None:
    then, now = at("2025-11-18T23:30:00", UTC), at("2025-11-19T03:30:00", UTC)
    assert friendly_time(then, now, "en", UTC) == "yesterday 23:30"
    assert friendly_time(then, now, "en", SHANGHAI) == "07:30"  # both on the 19th
    assert friendly_time(then, now, "en", NEW_YORK) == "18:30"  # both on the 18th


def test_midnight_is_a_minute_ago_before_it_is_yesterday() -> None:
    then, now = at("2025-11-18T23:59:00"), at("2025-11-19T00:01:00")
    assert friendly_time(then, now, "zh-CN", SHANGHAI) == "2分钟前"


def test_the_days_on_which_clocks_change() -> None:
    """25 and 23 hours long: days are counted by the calendar, not by 24 hours."""
    autumn = at("2025-10-26T00:30:00", BERLIN)
    assert friendly_time(autumn, at("2025-10-26T23:45:00", BERLIN), "en", BERLIN) == "00:30"
    spring = at("2025-03-29T23:30:00", BERLIN)
    now = at("2025-03-30T23:00:00", BERLIN)
    assert friendly_time(spring, now, "en", BERLIN) == "yesterday 23:30"
    twice = at("2025-10-26T02:30:00", BERLIN) + 3_600_000  # the second 02:30 of that night
    assert friendly_time(twice, at("2025-10-26T12:00:00", BERLIN), "en", BERLIN) == "02:30"


def test_new_year() -> None:
    then, now = at("2025-12-31T23:00:00"), at("2026-01-01T01:00:00")
    assert friendly_time(then, now, "en", SHANGHAI) == "yesterday 23:00"
    assert friendly_time(at("2025-12-30T23:00:00"), now, "zh", SHANGHAI) == "星期二 23:00"
