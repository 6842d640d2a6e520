"""Text for between the quotes of a statement of MySQL's, in a session without NO_BACKSLASH_ESCAPES.

What PyMySQL's escape_string gives, which goes letter by letter where anything is not ASCII or is
to be escaped: for a batch of long texts a tenth of a second, in which the event loop stands still.
(https://dev.mysql.com/doc/refman/8.4/en/string-literals.html)
"""

from __future__ import annotations

# the backslash first: the others bring new ones
ESCAPES = (
    ("\\", "\\\\"),
    ("\0", "\\0"),
    ("\n", "\\n"),
    ("\r", "\\r"),
    ("\x1a", "\\Z"),
    ('"', '\\"'),
    ("'", "\\'"),
)


def escaped(text: str) -> str:
    for sign, instead in ESCAPES:
        if sign in text:
            text = text.replace(sign, instead)
    return text
