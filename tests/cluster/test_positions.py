"""What a socket is shown, under any order of hints: every message once, in order, no hole."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.person import Credential, Person
from app.cluster.positions import LOADED, Place, Places, Push
from app.messaging.hub import Hub
from models.positions import Positions

ME, OTHER = 1, 2
LAST = 12
MYSELF = Person(ME, "me", "Me", "", "local", "en", 0)
SIGNED_IN = Credential(0, 0)


@dataclass(eq=False)
class Recorder:
    """A socket that keeps what it gets."""

    person: Person = MYSELF
    credential: Credential = SIGNED_IN
    address: str = ""
    in_flight: int = 0
    got: list[bytes] = field(default_factory=list)

    def push(self, message: bytes) -> bool:
        self.got.append(message)
        return True

    def shut(self, code: int, reason: str) -> None:
        raise AssertionError("nobody ends it")


def opened(last_seq: int = 0, conversations: int = 1) -> tuple[Places, Recorder]:
    hub, socket = Hub(), Recorder()
    places = Places(hub)
    found = [Positions(n, OTHER + n, last_seq) for n in range(conversations)]
    places.open(ME, found)
    hub.join(socket)
    return places, socket


def place_of(places: Places, other: int = OTHER, seq: int = 1) -> Place:
    place = places.find(ME, other, seq)
    assert place is not None
    return place


def hint(seq: int) -> Push:
    return Push(seq % 3 == 0, b"%d" % seq)


@given(
    hints=st.lists(st.integers(1, LAST), max_size=40),
    reads=st.sets(st.integers(0, 39)),
    begin=st.integers(0, 3),
)
def test_every_message_once_and_in_order(hints: list[int], reads: set[int], begin: int) -> None:
    """Hints come in any order, late and repeatedly; reads of the database fall between them."""
    places, socket = opened(begin)
    place = place_of(places)
    for turn, seq in enumerate(hints):
        places.show(ME, place, seq, hint(seq))
        if turn in reads:
            read_all(places, place)
    read_all(places, place)
    top = max([*hints, begin])
    assert socket.got == [b"%d" % seq for seq in range(begin + 1, top + 1)]
    assert place.seq == top
    assert place.gap is None


def read_all(places: Places, place: Place) -> None:
    """The database has everything; beyond what is wanted nothing is shown yet."""
    found = [(seq, hint(seq)) for seq in range(place.seq + 1, LAST + 1)]
    places.fill(ME, OTHER, place, found)


def test_the_asker_gets_the_answer_in_its_place() -> None:
    places, socket = opened()
    asker = Recorder()
    places._hub.join(asker)
    place = place_of(places)
    places.show(ME, place, 2, Push(True, b"two", asker, b"two, with its ref"))
    assert socket.got == asker.got == []
    places.show(ME, place, 1, Push(False, b"one"))
    assert socket.got == [b"one", b"two"]
    assert asker.got == [b"one", b"two, with its ref"]


def test_receipts_never_go_back() -> None:
    places, _ = opened()
    place = place_of(places)
    assert places.move(place, 2, 5)
    assert not places.move(place, 2, 5)
    assert not places.move(place, 2, 4)
    assert places.move(place, 3, 4)


@pytest.mark.parametrize("mine", [True, False])
def test_a_message_that_comes_behind_its_receipt_takes_no_position_back(mine: bool) -> None:
    """Three processes: the hint that says how far was read is here before some of the messages."""
    places, _ = opened()
    place = place_of(places)
    first = 0 if mine else 2
    for mark, seq in ((first, 9), (first + 1, 10)):
        assert places.move(place, mark, seq)
    for seq in (1, 2):
        places.show(ME, place, seq, Push(mine, b"%d" % seq))
    assert place.marks[first : first + 2] == [9, 10]
    assert not places.move(place, first, 8)
    assert not places.move(place, first + 1, 10)


def test_a_check_tells_messages_first_and_then_positions() -> None:
    places, socket = opened()
    place = place_of(places)
    places.want(place, 2, (0, 0, 1, 2))
    places.fill(ME, OTHER, place, [(1, Push(True, b"one")), (2, Push(True, b"two"))])
    assert socket.got[:2] == [b"one", b"two"]
    assert [b'"event":"' in push for push in socket.got[2:]] == [True, True]
    assert len(socket.got) == 4


def test_a_conversation_out_of_the_distant_past_begins_with_what_comes() -> None:
    places, socket = opened(last_seq=7, conversations=LOADED)
    other = OTHER + LOADED
    place = place_of(places, other, 700)
    places.show(ME, place, 700, Push(False, b"hello again"))
    assert socket.got == [b"hello again"]


def test_two_who_ask_for_what_cannot_be_shown_yet_are_both_answered() -> None:
    places, socket = opened()
    one, two = Recorder(), Recorder()
    for asker in (one, two):
        places._hub.join(asker)
    place = place_of(places)
    places.show(ME, place, 2, Push(True, b"two", one, b"two, for one"))
    places.show(ME, place, 2, Push(True, b"two", two, b"two, for two"))
    places.show(ME, place, 2, Push(True, b"two"))
    assert (one.got, two.got) == ([], [b"two, for two"]), "one of them can wait for its turn"
    places.show(ME, place, 1, Push(False, b"one"))
    assert one.got == [b"one", b"two, for one"]
    assert socket.got == [b"one", b"two"]


def test_what_was_shown_of_the_distant_past_is_not_known() -> None:
    """A repeat from there may be years old."""
    places, _ = opened(last_seq=7, conversations=LOADED)
    assert places.is_known(ME, OTHER)
    assert not places.is_known(ME, OTHER + LOADED)
    few, _ = opened(last_seq=7, conversations=LOADED - 1)
    assert few.is_known(ME, OTHER + LOADED), "it is new"
