"""A real Chromium, and people to sit before it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.host import SECRET, HostSite, Visitor, token_of
from tests.browser.person import Person
from tests.conftest import StartServer
from tests.services.chromium import chromium_flags, find_chromium
from tests.services.parley import QUICK, ParleyServer

# Nothing the browser does by itself may reach for the network.
QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS = 15

expect.set_options(timeout=SECONDS * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for test in items:
        if Path(__file__).parent in test.path.parents:
            test.add_marker("browser")


# Ends with this folder: playwright's event loop must not run beside that of the asyncio tests.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*chromium_flags(), *QUIET]
        )
        yield browser
        browser.close()


@pytest.fixture
def parley(start_server: StartServer) -> ParleyServer:
    return start_server(module=QUICK, guests=True)


class MakePerson(Protocol):
    def __call__(self, username: str, **profile: Any) -> Person: ...


@pytest.fixture
def person(chromium: Browser, parley: ParleyServer) -> Iterator[MakePerson]:
    """Makes people. At the end none of their pages may have had an error or a CSP violation."""
    people: list[Person] = []

    def make(username: str, **profile: Any) -> Person:
        people.append(Person(chromium, parley.url, username, **profile))
        return people[-1]

    yield make
    for one in people:
        one.context.close()
    assert {one.username: one.troubles for one in people if one.troubles} == {}


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where screenshots go: PARLEY_SHOTS when somebody wants to look at them."""
    folder = Path(os.environ.get("PARLEY_SHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def host() -> Iterator[HostSite]:
    with HostSite() as site:
        yield site


@pytest.fixture
def chat(start_server: StartServer, host: HostSite, tmp_path: Path) -> ParleyServer:
    """A Parley that the host site may embed."""
    secrets = tmp_path / "identities.json"
    secrets.write_text(json.dumps({"k1": SECRET}), "utf-8")
    secrets.chmod(0o600)
    return start_server(allowed_origins=host.origin, identity_secrets_file=secrets)


@pytest.fixture
def members(chromium: Browser, chat: ParleyServer) -> dict[str, int]:
    """Members of the host site who have been here before: their user ids."""
    known = {}
    context = chromium.new_context()
    for sub in ("ann", "ben", "cat"):
        headers = {"Authorization": f"Bearer {token_of(sub)}"}
        answer = context.request.get(f"{chat.url}/api/v1/me", headers=headers)
        known[sub] = int(answer.json()["data"]["user_id"])
    context.close()
    return known


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors. At the end none of their pages may have had an error or a CSP violation."""
    made: list[Visitor] = []

    def make(**profile: Any) -> Visitor:
        made.append(Visitor(chromium, **profile))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
    assert [one.troubles for one in made if one.troubles] == []
