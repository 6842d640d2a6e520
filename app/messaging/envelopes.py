"""The two envelopes in which a stored message is told, written out.

To make them of lists and dicts costs twice as much, and it is done for every message.
tests/test_envelopes.py holds them against what `protocol` makes of the same.
"""

from __future__ import annotations

from functools import lru_cache

import orjson

from app.messaging.errors import Errorcode
from app.messaging.languages import words_of

_PUSH = b'{"errorcode":%d,"data":{"user_id":%%d,"data":["<",%%b,%%b,{"seq":%%d,"time":%%d}]}}'
_TO_RECIPIENT = _PUSH % Errorcode.OK
_ANSWER = (
    b'{"errorcode":%d,"data":{"user_id":%%d,'
    b'"data":[">",%%b,%%b,{"seq":%%d,"time":%%d,"client_id":%%b}]}%b}'
)
_TO_SENDER = {
    True: _ANSWER % (Errorcode.STORED_ONLINE, b""),
    False: _ANSWER % (Errorcode.STORED_OFFLINE, b',"txt":"success."'),
}

as_json = orjson.dumps


@lru_cache(maxsize=256)
def just_now(locale: str) -> bytes:
    """The friendly time of what was stored this moment, as JSON."""
    return as_json(words_of(locale).now)


def to_recipient(sender: int, content: bytes, friendly: bytes, seq: int, time: int) -> bytes:
    """The push; content and friendly time are JSON already."""
    return _TO_RECIPIENT % (sender, content, friendly, seq, time)


def to_sender(
    online: bool, other: int, content: bytes, friendly: bytes, seq: int, time: int, client_id: str
) -> bytes:
    """The acknowledgement; content and friendly time are JSON already."""
    return _TO_SENDER[online] % (other, content, friendly, seq, time, as_json(client_id))
