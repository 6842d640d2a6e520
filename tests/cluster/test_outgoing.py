"""The bounded queue to other processes: what it drops is not forgotten."""

import asyncio

from app.cluster import notices
from app.cluster.outgoing import REMEMBERED, Outgoing
from app.messaging.counters import Counters

Heard = dict[str, list[bytes]]


def told(outgoing: Outgoing) -> Heard:
    """What is published now, frame by frame."""
    heard: Heard = {}
    for process, publication in outgoing.take():
        heard.setdefault(process, []).extend(notices.unpack(publication))
    return heard


def opened(limit: int = 1_000, counters: Counters | None = None) -> Outgoing:
    outgoing = Outgoing(limit, asyncio.Event(), counters or Counters())
    outgoing.open()
    return outgoing


def test_frames_go_out_in_their_order() -> None:
    outgoing = opened()
    frames = [notices.frame("entry", 1, 2, 0, seq, body=b"text\nwith lines") for seq in range(3)]
    for frame in frames:
        assert outgoing.put("p", frame, 1)
    assert told(outgoing) == {"p": frames}
    outgoing.done()
    assert told(outgoing) == {}


def test_when_full_it_drops_and_asks_to_look() -> None:
    counters = Counters()
    outgoing = opened(250, counters)
    assert outgoing.put("p", b"x" * 100, 1)
    assert outgoing.put("p", b"x" * 100, 2)
    assert not outgoing.put("p", b"x" * 100, 3)
    assert not outgoing.put("p", b"x" * 100, 4)
    assert not outgoing.put("p", b"x" * 100)  # a typing event: nobody has to look for it
    assert counters.hints_dropped == 3
    assert told(outgoing) == {"p": [b"x" * 100, b"x" * 100, b"check 3 4\n"]}
    outgoing.done()
    assert outgoing.put("p", b"x" * 100, 3), "there is room again"


def test_what_was_on_its_way_when_redis_went_is_asked_for() -> None:
    outgoing = opened()
    outgoing.put("p", b"under way", 1)
    told(outgoing)
    outgoing.put("p", b"waiting", 2)
    outgoing.close()
    assert not outgoing.put("p", b"away", 3)
    outgoing.check("p", {4})
    outgoing.open()
    assert told(outgoing) == {"p": [b"check 1 2 3 4\n"]}
    outgoing.close()  # and again, if even the asking was lost
    outgoing.open()
    assert told(outgoing) == {"p": [b"check 1 2 3 4\n"]}
    outgoing.done()
    assert told(outgoing) == {}


def test_the_asking_itself_is_not_forgotten_when_redis_goes() -> None:
    wake = asyncio.Event()
    outgoing = Outgoing(1_000, wake, Counters())
    outgoing.open()
    wake.clear()
    outgoing.check("p", {7})
    assert wake.is_set()
    assert told(outgoing) == {"p": [b"check 7\n"]}
    outgoing.close()
    outgoing.open()
    assert told(outgoing) == {"p": [b"check 7\n"]}
    outgoing.done()
    assert told(outgoing) == {}


def test_too_many_are_everybody() -> None:
    outgoing = opened(limit=0)
    for user_id in range(1, REMEMBERED + 10):
        outgoing.put("p", b"frame", user_id)
    assert told(outgoing) == {"p": [b"check *\n"]}


def test_what_is_dropped_while_asking_is_asked_for_next() -> None:
    outgoing = opened(limit=0)
    outgoing.put("p", b"frame", 1)
    assert told(outgoing) == {"p": [b"check 1\n"]}
    outgoing.put("p", b"frame", 2)
    outgoing.done()
    assert told(outgoing) == {"p": [b"check 2\n"]}


def test_a_process_that_has_gone_is_told_nothing() -> None:
    outgoing = opened(limit=10)
    outgoing.put("gone", b"frame", 1)
    outgoing.put("gone", b"x" * 100, 2)
    outgoing.forget("gone")
    assert outgoing.put("p", b"x" * 10, 3), "it takes no room any more"
    assert told(outgoing) == {"p": [b"x" * 10]}


def test_large_publications_are_cut_between_frames() -> None:
    frames = [bytes([n]) * (notices.LARGEST // 2) for n in range(5)]
    publications = list(notices.pack(frames))
    assert len(publications) == 5
    assert [one for p in publications for one in notices.unpack(p)] == frames
