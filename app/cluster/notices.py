"""What processes tell each other: frames, many in one publication.

A frame is a line of words, a line feed, and a body. On a process's own channel:

    event USER                       body: the push; nothing depends on it
    entry USER OTHER MINE SEQ        body: the push of a stored message
    again USER OTHER MINE SEQ        likewise, of one that was repeated
    receipt USER OTHER MARK SEQ      body: the push of a position that moved
    check USER ...  or  check *      something for them was not handed over: look

and on the channel of all:

    hello PROCESS                    it has registered itself: read who is there
    came PROCESS                     body: {"user id": "locale"} of first sockets
    went PROCESS USER ...            last sockets went
    bye PROCESS                      it has gone, and everybody with it
    check *                          it went without a word: look for all who are here
    end KEY                          the session of this key (hexadecimal) has ended
    room-...                         app/rooms/cluster.py lists them

An empty publication is a sign of life.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping

log = logging.getLogger("parley.bus")

LENGTH = 4
# bytes of one publication; a single frame may be larger
LARGEST = 262_144

Handler = Callable[[list[bytes], bytes], None]


def frame(*words: object, body: bytes = b"") -> bytes:
    return " ".join(map(str, words)).encode() + b"\n" + body


def pack(frames: Iterable[bytes]) -> Iterator[bytes]:
    """Publications that hold the frames in their order."""
    parts: list[bytes] = []
    size = 0
    for one in frames:
        if parts and size + len(one) > LARGEST:
            yield b"".join(parts)
            parts, size = [], 0
        parts += (len(one).to_bytes(LENGTH), one)
        size += LENGTH + len(one)
    if parts:
        yield b"".join(parts)


def unpack(publication: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(publication):
        begin = start + LENGTH
        start = begin + int.from_bytes(publication[start:begin])
        yield publication[begin:start]


def dispatch(handlers: Mapping[bytes, Handler], publication: bytes) -> None:
    """Hands each frame to its handler; one that breaks does not stop the others."""
    for one in unpack(publication):
        head, _, body = one.partition(b"\n")
        name, *words = head.split()
        handler = handlers.get(name)
        if handler is None:  # a newer version speaks of what this one does not know
            continue
        try:
            handler(words, body)
        except Exception:
            log.exception("notice %s", name.decode("ascii", "replace"))
