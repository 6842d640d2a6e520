"""Tabs that are closed, and peers that have gone without saying so: others see the truth."""

import random
import time

import pytest

from tests.client import Match, Person, Tab, event, guest
from tests.conftest import StartServer
from tests.raw_socket import RawSocket
from tests.reliability.figures import figures

ROUNDS = 100
GRACE = 0.05  # seconds; short, so that a hundred rounds are quick
REAPED_WITHIN = 45.0  # seconds, with the settings that everybody has


def presence(person: Person, online: bool) -> Match:
    """The push that says that somebody came or went."""
    return event("presence", user_id=person.user_id, online=online)


async def acquainted(url: str) -> tuple[Person, Person, Tab]:
    """Alice, Bob, and Bob's open tab; they have written to each other, so presence is shown."""
    alice, bob = await guest(url, "alice"), await guest(url, "bob")
    watching = await bob.open()
    await watching.chat(alice, "are you there?")
    return alice, bob, watching


async def end(tab: Tab, politely: bool) -> None:
    """Close a tab, or let it vanish."""
    if politely:
        await tab.close()
    else:
        tab.abort()
        await tab.closed()


async def come_and_go(alice: Person, watching: Tab, dice: random.Random) -> None:
    """Two tabs, closed in either order: she is there until the second has gone."""
    tabs = [await alice.open(), await alice.open()]
    await watching.expect(presence(alice, True))
    dice.shuffle(tabs)
    await end(tabs[0], dice.random() < 0.5)
    assert (await watching.chat(alice, "still there?")).errorcode == 1
    await watching.refute(presence(alice, False))
    await end(tabs[1], dice.random() < 0.5)
    await watching.expect(presence(alice, False))


async def test_two_tabs_closed_in_either_order_go_offline_once(open_server: StartServer) -> None:
    server = open_server(presence_grace=GRACE)
    alice, bob, watching = await acquainted(server.url)
    dice = random.Random(11)
    for _ in range(ROUNDS):
        await come_and_go(alice, watching, dice)
    await watching.refute(presence(alice, True))
    await watching.refute(presence(alice, False))
    figures("R11", rounds=ROUNDS)
    await bob.leave()


async def test_a_reload_is_not_seen_as_leaving(open_server: StartServer) -> None:
    server = open_server(presence_grace=5)
    alice, bob, watching = await acquainted(server.url)
    first = await alice.open()
    await watching.expect(presence(alice, True))
    await first.close()
    again = await alice.open()
    assert (await again.chat(bob, "back")).errorcode == 1
    await watching.refute(presence(alice, False))
    await alice.leave()
    await bob.leave()


async def half_open(alice: Person, bob: Person, watching: Tab, within: float) -> float:
    """Alice's machine stops answering; the seconds until Bob sees her offline."""
    silent = await RawSocket.upgraded(alice)
    await watching.expect(presence(alice, True))
    began = time.monotonic()
    await watching.expect(presence(alice, False), within)
    took = time.monotonic() - began
    assert (await watching.chat(alice, "hello?")).errorcode == 2
    silent.abort()
    await bob.leave()
    return took


async def test_a_half_open_connection_is_reaped(open_server: StartServer) -> None:
    server = open_server(ping_interval=0.5, ping_timeout=0.4, presence_grace=GRACE)
    took = await half_open(*await acquainted(server.url), within=10)
    figures("R10 short", offline_s=took)


@pytest.mark.reliability
async def test_a_half_open_connection_is_reaped_with_the_default_settings(
    open_server: StartServer,
) -> None:
    took = await half_open(*await acquainted(open_server().url), within=REAPED_WITHIN)
    figures("R10", offline_s=took)
