"""The routing table: who has which sockets, and one push to all of them."""

from dataclasses import replace
from itertools import permutations

from app.access.person import Credential, Person
from app.messaging.bus import LocalBus
from app.messaging.hub import Hub

CREDENTIAL = Credential(issued=0, expires=2**40, session=b"s")


class Pipe:
    """A socket that keeps what is pushed; one that is closed takes nothing."""

    def __init__(self, user_id: int, locale: str = "en") -> None:
        self.person = Person(user_id, f"user {user_id}", "", "", "local", locale, 0)
        self.credential = CREDENTIAL
        self.address = ""
        self.in_flight = 0
        self.taken: list[bytes] = []
        self.open = True

    def push(self, message: bytes) -> bool:
        if self.open:
            self.taken.append(message)
        return self.open

    def shut(self, code: int, reason: str) -> None:
        self.open = False


def named(username: str, user_id: int, kind: str) -> Pipe:
    pipe = Pipe(user_id)
    pipe.person = replace(pipe.person, username=username, kind=kind)
    return pipe


def test_the_first_socket_comes_and_the_last_one_goes() -> None:
    hub, one, two = Hub(), Pipe(1), Pipe(1)
    assert [hub.join(one), hub.join(two)] == [True, False]
    assert (hub.count(1), len(hub)) == (2, 2)
    assert [hub.leave(one), hub.leave(two)] == [False, True]
    assert (hub.count(1), len(hub), hub.clients) == (0, 0, {})


def test_joining_and_leaving_twice_is_harmless() -> None:
    hub, one, two = Hub(), Pipe(1), Pipe(1)
    hub.join(one)
    hub.join(one)
    hub.join(two)
    assert hub.count(1) == 2
    assert hub.leave(one) is False
    assert hub.leave(one) is False
    assert hub.leave(Pipe(1)) is False
    assert hub.leave(Pipe(9)) is False
    assert hub.leave(two) is True
    assert hub.leave(two) is False


def test_clients_is_keyed_by_username() -> None:
    hub, one, two = Hub(), Pipe(1), Pipe(2)
    hub.join(one)
    hub.join(two)
    assert hub.clients == {"user 1": {one}, "user 2": {two}}
    assert set(hub) == {one, two}


def test_a_guest_and_the_member_who_took_its_name_are_two() -> None:
    """Whoever comes first, and whoever goes first."""
    for order in permutations((1, 2)):
        for leaving in permutations((1, 2)):
            hub = Hub()
            sockets = {1: named("Anna", 1, "guest"), 2: named("Anna", 2, "local")}
            for user_id in order:
                assert hub.join(sockets[user_id])
            assert hub.clients["Anna"] == {sockets[2]}
            assert (set(hub), len(hub)) == (set(sockets.values()), 2)
            assert [hub.deliver(user_id, b"%d" % user_id) for user_id in (1, 2)] == [1, 1]
            assert [sockets[user_id].taken for user_id in (1, 2)] == [[b"1"], [b"2"]]
            assert hub.leave(sockets[leaving[0]])
            assert (set(hub), hub.count(leaving[0])) == ({sockets[leaving[1]]}, 0)
            assert hub.leave(sockets[leaving[1]])
            assert (hub.clients, list(hub)) == ({}, [])


def test_guests_of_one_name_are_two() -> None:
    """The first has signed out, and its socket is still being closed."""
    hub, one, two = Hub(), named("Anna", 1, "guest"), named("Anna", 2, "guest")
    assert [hub.join(one), hub.join(two)] == [True, True]
    assert set(hub) == {one, two}
    assert [hub.leave(one), hub.leave(two)] == [True, True]
    assert hub.clients == {}


def test_a_push_goes_to_all_sockets_of_one_user() -> None:
    hub, mine, also_mine, theirs = Hub(), Pipe(1), Pipe(1), Pipe(2)
    for socket in (mine, also_mine, theirs):
        hub.join(socket)
    message = b"the same bytes"
    assert hub.deliver(1, message) == 2
    assert mine.taken[0] is also_mine.taken[0] is message
    assert theirs.taken == []
    assert hub.deliver(1, b"but one", but=mine) == 1
    assert (len(mine.taken), also_mine.taken[-1]) == (1, b"but one")
    assert hub.deliver(3, b"to nobody") == 0


def test_a_closed_socket_does_not_count_as_a_taker() -> None:
    hub, closed, alive = Hub(), Pipe(1), Pipe(1)
    hub.join(closed)
    hub.join(alive)
    closed.shut(1000, "")
    assert hub.deliver(1, b"x") == 1
    alive.shut(1000, "")
    assert hub.deliver(1, b"x") == 0


class Quitter(Pipe):
    """A socket that finds itself dead when it is pushed to."""

    hub: Hub

    def push(self, message: bytes) -> bool:
        self.hub.leave(self)
        return False


def test_a_socket_may_leave_while_it_is_pushed_to() -> None:
    hub, stayer = Hub(), Pipe(1)
    quitters = [Quitter(1) for _ in range(5)]
    hub.join(stayer)
    for quitter in quitters:
        quitter.hub = hub
        hub.join(quitter)
    assert hub.deliver(1, b"x") == 1
    assert hub.clients == {"user 1": {stayer}}


def test_sockets_may_leave_while_all_are_walked_through() -> None:
    hub = Hub()
    for user_id in range(10):
        hub.join(Pipe(user_id))
    for socket in hub:
        hub.leave(socket)
    assert len(hub) == 0


def test_the_locale_of_who_is_here() -> None:
    hub = Hub()
    assert hub.locale(1) == "en"
    hub.join(Pipe(1, locale="zh-CN"))
    assert hub.locale(1) == "zh-CN"


async def test_the_bus_of_one_process_is_the_hub() -> None:
    hub, mine = Hub(), Pipe(1)
    bus = LocalBus(hub)
    await bus.start()
    hub.join(mine)
    assert (bus.send(1, b"x"), bus.send(2, b"x")) == (1, 0)
    assert mine.taken == [b"x"]
    await bus.stop()
