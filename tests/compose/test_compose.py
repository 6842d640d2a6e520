"""Two people talk through the containers, and nothing is gone after they were replaced."""

from __future__ import annotations

import pytest

from tests.client import Person, message, sign_in, sign_up
from tests.compose.stack import Stack

pytestmark = [pytest.mark.compose]


async def contents(person: Person, other: Person) -> list[str]:
    """What the person sees of the conversation, oldest first."""
    return [entry[1] for entry in (await person.history(other))["logs"]]


async def test_history_outlives_the_containers(stack: Stack) -> None:
    alice, bob = await sign_up(stack.url, "alice"), await sign_up(stack.url, "bob")
    here, there = await alice.open(), await bob.open()
    await here.chat(bob, "你好 👋🏽")
    await there.expect(message("你好 👋🏽", sender=alice))
    await there.chat(alice, "hello")
    await here.expect(message("hello", sender=bob))
    await alice.leave()
    await bob.leave()

    stack.restart()
    # The cookie secret lives in a volume too: whoever was signed in still is.
    assert await contents(alice, bob) == ["你好 👋🏽", "hello"]
    here = await alice.open()
    await here.chat(bob, "still there?")
    await alice.leave()

    stack.down()
    stack.up()
    bob_again = await sign_in(stack.url, "bob")
    assert await contents(bob_again, alice) == ["你好 👋🏽", "hello", "still there?"]


def test_both_services_are_healthy(stack: Stack) -> None:
    assert stack.health("mysql") == "healthy"
    assert stack.health("parley") == "healthy"


def test_parley_has_no_power_in_its_container(stack: Stack) -> None:
    assert stack.execute("parley", "id", "-u").strip() == "10001"
    status = stack.execute("parley", "cat", "/proc/1/status")
    assert "CapEff:\t0000000000000000" in status
    assert "NoNewPrivs:\t1" in status


def test_secrets_are_random_and_nobody_elses(stack: Stack) -> None:
    url = stack.execute("parley", "cat", "/data/database_url")
    assert len(url.split(":")[2].split("@")[0]) >= 32
    modes = stack.execute("parley", "stat", "--format=%a %n", "/data", "/data/database_url")
    assert modes.splitlines() == ["700 /data", "600 /data/database_url"]
    environment = str(stack.inspect("parley")["Config"]["Env"])
    assert url not in environment


def test_settings_are_taken_from_the_file_beside(stack: Stack) -> None:
    settings = stack.folder / ".env"
    settings.write_text("PARLEY_PRODUCTION=on\nPARLEY_GUESTS=on\n")
    stack.up()
    environment = stack.inspect("parley")["Config"]["Env"]
    assert {"PARLEY_PRODUCTION=on", "PARLEY_GUESTS=on"} <= set(environment)
    settings.unlink()
    stack.up()


def test_a_stop_is_orderly(stack: Stack) -> None:
    stack.compose("stop", "parley")
    assert stack.inspect("parley")["State"]["ExitCode"] == 0
    stack.up()
