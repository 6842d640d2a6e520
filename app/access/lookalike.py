"""Which names are one name, and which only look like one another (Unicode UTS #39).

A look is what the eye makes of a name: letters that are drawn alike become one letter ("rn" is
"m", a Cyrillic a is a Latin one, 0 is O), accents and case are overlooked.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import orjson

from app.access.names import BLANK, folded

# marks that can be put on any letter, and the vowel signs that Arabic may leave out; the marks of
# one script alone (vowels of Hindi or Thai, the voicing of kana) make another letter, and count
MARKS = frozenset(
    (
        *range(0x0300, 0x0370),
        *range(0x0483, 0x048A),
        *range(0x0610, 0x061B),
        *range(0x064B, 0x0660),
        0x0670,
        *range(0x1AB0, 0x1B00),
        *range(0x1DC0, 0x1E00),
        *range(0x20D0, 0x2100),
        *range(0xFE20, 0xFE30),
    )
)
# I is drawn like l, so where case is overlooked i is l; the table has rn for m, and no w
ALSO_ALIKE = str.maketrans({"i": "l", "w": "vv"})


def looks(name: str) -> tuple[str, str]:
    """As written, and in capitals: names with a look in common look alike.

    Both are needed: a Cyrillic B looks Latin as a capital only, a Greek n as a small letter only.
    """
    return _look(unicodedata.normalize("NFKC", name)), _look(folded(name).upper())


def _look(name: str) -> str:
    # twice, because what a capital stands for can be drawn like something else when small (M, m)
    once = folded(_skeleton(name))
    return folded(_skeleton(once)).translate(ALSO_ALIKE)


def _skeleton(name: str) -> str:
    return _bare(_bare(name).translate(_prototypes()))


def _bare(name: str) -> str:
    """The letters without their marks, and without what nobody sees."""
    return "".join(sign for sign in unicodedata.normalize("NFD", name) if _is_drawn(sign))


def _is_drawn(sign: str) -> bool:
    number = ord(sign)
    return number < 0x80 or not (
        number in MARKS or number in BLANK or unicodedata.category(sign) == "Cf"
    )


@cache
def _prototypes() -> dict[int, str]:
    """What each confusable sign is drawn like. Read at first use: serving does not wait for it."""
    from importlib.resources import files  # not before it is needed, either

    # the file alone: the package's own module would keep all of it, with every sign's name
    raw = files("confusable_homoglyphs").joinpath("confusables.json").read_bytes()
    table: dict[int, str] = {}
    neighbours = {
        _unwrapped(sign): [_unwrapped(other["c"]) for other in others]
        for sign, others in orjson.loads(raw).items()
    }
    for sign, others in neighbours.items():
        if len(sign) == 1 and len(others) == 1 and _is_prototype(others[0], sign, neighbours):
            table[ord(sign)] = others[0]
    return {number: _bare(_bare(drawn).translate(table)) for number, drawn in table.items()}


def _is_prototype(other: str, sign: str, neighbours: dict[str, list[str]]) -> bool:
    """The file has each pair in both directions: a prototype is a sequence, or has more than one.

    Of two that have only each other, either will do.
    """
    return len(other) > 1 or len(neighbours[other]) > 1 or other < sign


def _unwrapped(sign: str) -> str:
    """Signs written from the right stand between marks of direction in the file."""
    return sign.strip("\u200e")
