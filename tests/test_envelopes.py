"""What is written out is what the shapes of the protocol make of the same message."""

from hypothesis import given
from hypothesis import strategies as st

from app.messaging import protocol
from app.messaging.envelopes import as_json, to_recipient, to_sender, word_as_json
from app.messaging.errors import Errorcode
from app.messaging.protocol import MAX_INTEGER, entry

numbers = st.integers(0, MAX_INTEGER)
texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(numbers, texts, texts, numbers, numbers)
def test_to_the_recipient(sender: int, content: str, friendly: str, seq: int, time: int) -> None:
    theirs = entry(False, content, friendly, seq, time, "c")
    told = to_recipient(sender, as_json(content), word_as_json(friendly), seq, time)
    assert told == protocol.result(Errorcode.OK, {"user_id": sender, "data": theirs})


@given(st.booleans(), numbers, texts, texts, numbers, numbers, texts)
def test_to_the_sender(
    online: bool, other: int, content: str, friendly: str, seq: int, time: int, client_id: str
) -> None:
    mine = entry(True, content, friendly, seq, time, client_id)
    told = to_sender(online, other, as_json(content), word_as_json(friendly), seq, time, client_id)
    shape = protocol.acknowledgement(online, {"user_id": other, "data": mine})
    assert told == protocol.encode(shape)
