"""What is written out is what the shapes of the protocol make of the same message."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messaging import protocol
from app.messaging.envelopes import as_json, just_now, to_recipient, to_sender
from app.messaging.errors import Errorcode
from app.messaging.friendly_time import friendly_time
from app.messaging.languages import LOCALES
from app.messaging.protocol import MAX_INTEGER, entry

NOW = 1_760_000_000_000
numbers = st.integers(0, MAX_INTEGER)
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(numbers, texts, texts, numbers, numbers)
def test_to_the_recipient(sender: int, content: str, friendly: str, seq: int, time: int) -> None:
    theirs = entry(False, content, friendly, seq, time, "c")
    told = to_recipient(sender, as_json(content), as_json(friendly), seq, time)
    assert told == protocol.result(Errorcode.OK, {"user_id": sender, "data": theirs})


@given(st.booleans(), numbers, texts, texts, numbers, numbers, texts)
def test_to_the_sender(
    online: bool, other: int, content: str, friendly: str, seq: int, time: int, client_id: str
) -> None:
    mine = entry(True, content, friendly, seq, time, client_id)
    told = to_sender(online, other, as_json(content), as_json(friendly), seq, time, client_id)
    shape = protocol.acknowledgement(online, {"user_id": other, "data": mine})
    assert told == protocol.encode(shape)


@pytest.mark.parametrize("locale", [*LOCALES, "tlh"])
def test_the_time_of_this_moment(locale: str) -> None:
    assert just_now(locale) == as_json(friendly_time(NOW, NOW, locale, ZoneInfo("UTC")))
