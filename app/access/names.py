"""Which names people may have."""

from __future__ import annotations

import unicodedata

from app.messaging.errors import malformed, too_large

USERNAME_LIMIT = 32
NICKNAME_LIMIT = 64
# bytes of the key by which a name is found; there are signs that fold to 33 of them
KEY_LIMIT = 255
# letters, marks and symbols that nobody sees (most of Unicode's Default_Ignorable_Code_Point that
# is not of category C, and the Braille blank): with one of them two names look the same
BLANK = frozenset(
    (
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x1D159),
        *range(0x180B, 0x1810),  # Mongolian variation selectors
        *range(0xFE00, 0xFE10),  # variation selectors
        *range(0xE0100, 0xE01F0),  # and their supplement
    )
)


def folded(name: str) -> str:
    """NFKC, casefold, NFKC again: casefolding can undo the normal form (Unicode 3.13, D146)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def parse_username(value: object) -> str:
    """1 to 32 visible characters, no colon (it keeps embedded ids apart). Raises Refused (-2, -7).

    Stored as typed, in NFC: one name has one spelling, and looks like what it is.
    """
    return parse_name("username", value, USERNAME_LIMIT)


def parse_name(field: str, value: object, limit: int) -> str:
    """A name that somebody or something is found by. Raises Refused (-2, -7)."""
    name = _parse(field, value, limit)
    # what a name must not contain, its key must not either: a fullwidth colon folds to a colon
    plain = unicodedata.normalize("NFKC", name)
    if not name or any(sign in plain for sign in (":", "/", "  ")) or not _is_plain(name):
        raise malformed(field, f"a name is 1 to {limit} letters, digits, spaces or marks.")
    if len(folded(name).encode()) > KEY_LIMIT:  # cut, it could be somebody else's
        raise malformed(field, f"a name is {KEY_LIMIT} bytes at most when it is folded.")
    return name


def parse_nickname(value: object) -> str:
    """Up to 64 visible characters; empty where there is none. Raises Refused (-2, -7)."""
    name = _parse("nickname", value, NICKNAME_LIMIT) if value is not None else ""
    if not _is_plain(name):
        raise malformed("nickname", "a nickname has visible characters only.")
    return name


def _parse(field: str, value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise malformed(field, f"{field} must be text.")
    if len(value) > 4 * limit:
        raise too_large(limit)
    name = unicodedata.normalize("NFC", value).strip()
    if len(name) > limit:
        raise too_large(limit)
    return name


def _is_plain(name: str) -> bool:
    return all(_is_visible(letter) for letter in name)


def _is_visible(letter: str) -> bool:
    """No controls, no invisible or bidi format characters, no separators but the plain space."""
    category = unicodedata.category(letter)
    return letter == " " or (category[0] not in "CZ" and ord(letter) not in BLANK)
