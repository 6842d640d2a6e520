"""Our escaping is the driver's, and faster where it matters."""

import sys

from hypothesis import example, given
from hypothesis import strategies as st
from pymysql.converters import escape_string

from models.escaping import ESCAPES, all_escaped, escaped

texts = st.text(alphabet=st.one_of(st.sampled_from("\\\0\n\r\x1a\"'0nrZ%_"), st.characters()))


@given(texts)
@example("\\'")
@example("\\0\0")
def test_it_is_what_the_driver_makes(text: str) -> None:
    assert escaped(text) == escape_string(text)


@given(st.lists(texts))
@example([])
@example([""])
@example(["", "'", "\\", "x"])
@example(["a\0", "b"])
def test_many_at_once(many: list[str]) -> None:
    assert all_escaped(many) == [escape_string(text) for text in many]


def test_no_other_sign_needs_it() -> None:
    signs = [chr(number) for number in range(sys.maxunicode + 1)]
    assert {sign for sign in signs if escape_string(sign) != sign} == set(dict(ESCAPES))
