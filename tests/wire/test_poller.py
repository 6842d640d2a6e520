"""Who has a turn, and when: nobody twice in one, and all who come while others are served."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack

import pytest

from handlers.wire.poller import TURN, Poller


class Peer:
    """A socket with something to read, of which it takes one byte at a time."""

    def __init__(self, poller: Poller, served: list["Peer"]) -> None:
        self.mine, self.other = socket.socketpair()
        self.mine.setblocking(False)
        self.then: Callable[[], None] = lambda: None
        self.cut = False
        self._poller, self._served = poller, served
        poller.watch(self.mine.fileno(), self)

    def say(self, what: bytes) -> None:
        self.other.sendall(what)

    def readable(self) -> None:
        self._served.append(self)
        self.mine.recv(1)
        self.then()

    def writable(self) -> None:
        raise AssertionError("nobody wants to write")

    def abort(self) -> None:
        self.cut = True
        self.end()

    def end(self) -> None:
        self._poller.forget(self.mine.fileno())
        self.mine.close()
        self.other.close()


class Room:
    def __init__(self, stack: ExitStack) -> None:
        self.served: list[Peer] = []
        self._poller = Poller(asyncio.get_running_loop())
        self._stack = stack

    def peers(self, count: int) -> list[Peer]:
        made = [Peer(self._poller, self.served) for _ in range(count)]
        for peer in made:
            self._stack.callback(peer.end)
        return made

    def turn(self) -> list[Peer]:
        """Who was served in one turn, in that order."""
        self.served.clear()
        self._poller._turn()
        return list(self.served)


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    with ExitStack() as stack:
        yield Room(stack)


async def test_who_has_much_to_say_does_so_in_many_turns(room: Room) -> None:
    [peer] = room.peers(1)
    peer.say(b"abc")
    assert [len(room.turn()) for _ in range(4)] == [1, 1, 1, 0]


async def test_who_comes_while_others_are_served_is_served_too(room: Room) -> None:
    first, second, third = room.peers(3)
    first.then = lambda: second.say(b"b")
    second.then = lambda: third.say(b"c")
    first.say(b"a")
    assert room.turn() == [first, second, third]


async def test_two_who_answer_each_other_do_not_go_on_for_ever(room: Room) -> None:
    one, two = room.peers(2)
    one.then, two.then = lambda: two.say(b"b"), lambda: one.say(b"a")
    one.say(b"a")
    assert room.turn() == [one, two]
    assert room.turn() == [one, two]


async def test_one_who_always_has_more_does_not_keep_the_others_waiting(room: Room) -> None:
    loud, *others = room.peers(4)
    loud.say(b"x" * 100)
    for peer in others:
        peer.say(b"y")
    assert set(room.turn()) == {loud, *others}
    assert room.turn() == [loud]


async def test_a_turn_has_an_end(room: Room) -> None:
    peers = room.peers(TURN + 10)
    for peer in peers:
        peer.say(b"x")
    first, second = room.turn(), room.turn()
    assert (len(first), len(second)) == (TURN, 10)
    assert set(first) | set(second) == set(peers)


async def test_who_is_ended_by_another_is_not_served_any_more(room: Room) -> None:
    one, two = room.peers(2)
    one.then, two.then = two.end, one.end
    for peer in (one, two):
        peer.say(b"x")
    assert len(room.turn()) == 1


async def test_the_last_one_may_end_in_its_turn(room: Room) -> None:
    [peer] = room.peers(1)
    peer.say(b"xx")
    peer.then = peer.end
    assert room.turn() == [peer]


async def test_who_fails_is_cut_off_and_nobody_else(room: Room) -> None:
    bad, good = room.peers(2)

    def fail() -> None:
        raise RuntimeError("as asked")

    bad.then = fail
    bad.say(b"x")
    good.say(b"y")
    assert set(room.turn()) == {bad, good}
    assert (bad.cut, good.cut) == (True, False)
