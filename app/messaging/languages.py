"""The languages we speak, how a wanted one is found among them, and the server's words in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

LOCALES = ("en", "zh-CN", "zh-TW", "ar")
DEFAULT = LOCALES[0]
# who writes Chinese there writes it in traditional characters, unless it is said to be Hans
TRADITIONAL = frozenset(("tw", "hk", "mo"))


@dataclass(frozen=True)
class Words:
    now: str
    minutes: Callable[[int], str]
    yesterday: str
    weekdays: tuple[str, ...]  # Monday first
    guest: str  # in front of a number
    no_script: str  # the page, to a browser that runs none
    not_loaded: str  # the page, where files of its own did not arrive


def find_locale(wanted: str) -> str | None:
    """Which of LOCALES a language tag (zh-Hant-HK, ar_EG, en) means; None when none."""
    language, *subtags = wanted.replace("_", "-").lower().split("-")
    if language == "zh":
        traditional = "hant" in subtags or not TRADITIONAL.isdisjoint(subtags)
        return "zh-TW" if traditional and "hans" not in subtags else "zh-CN"
    return language if language in LOCALES else None


@lru_cache(maxsize=256)
def words_of(locale: str) -> Words:
    """The words for whatever locale somebody has; English where we do not speak it."""
    return WORDS[find_locale(locale) or DEFAULT]


def _english_minutes(count: int) -> str:
    return "1 minute ago" if count == 1 else f"{count} minutes ago"


def _arabic_minutes(count: int) -> str:
    """One and two are words of their own; from three to ten the noun is in the plural."""
    if count <= 2:
        return "قبل دقيقة واحدة" if count == 1 else "قبل دقيقتين"
    return f"قبل {count} دقائق" if count <= 10 else f"قبل {count} دقيقة"


CHINESE_WEEKDAYS = tuple(f"星期{day}" for day in "一二三四五六日")
WORDS = {
    "en": Words(
        "just now",
        _english_minutes,
        "yesterday {}",
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "Guest ",
        "Parley needs JavaScript.",
        "Parley could not be loaded. Please reload the page.",
    ),
    "zh-CN": Words(
        "几秒前",
        "{}分钟前".format,
        "昨天 {}",
        CHINESE_WEEKDAYS,
        "游客",
        "使用 Parley 需要启用 JavaScript。",
        "无法加载 Parley，请刷新页面。",
    ),
    "zh-TW": Words(
        "幾秒前",
        "{}分鐘前".format,
        "昨天 {}",
        CHINESE_WEEKDAYS,
        "訪客",
        "使用 Parley 需要啟用 JavaScript。",
        "無法載入 Parley，請重新整理頁面。",
    ),
    "ar": Words(
        "قبل ثوانٍ",
        _arabic_minutes,
        "أمس {}",
        ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"),
        "ضيف ",
        "يحتاج Parley إلى تفعيل JavaScript.",
        "تعذّر تحميل Parley. يُرجى إعادة تحميل الصفحة.",
    ),
}
