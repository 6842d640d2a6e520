"""Server processes that share a database, a secret file and a Redis."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.client import PATIENCE, Person, Tab, guest
from tests.services.parley import ParleyServer

GRACE = 0.1  # seconds after the last socket; short, so that tests are
EXPIRES = 4.0  # seconds without a heartbeat after which a process counts as dead
BEATS = 1.0  # seconds between two heartbeats

_numbers = count(1)


class Cluster:
    """`with Cluster(folder, database_url, redis_url=url) as cluster: cluster.urls`."""

    def __init__(
        self,
        folder: Path,
        database_url: str,
        redis_url: str,
        *,
        processes: int = 2,
        presence_grace: float = GRACE,
    ) -> None:
        self.database_url = database_url
        self.servers = [
            ParleyServer(
                folder=folder / f"process-{number + 1}",
                database_url=database_url,
                secret_file=folder / "secret",
                redis_url=redis_url,
                guests=True,
                presence_grace=presence_grace,
            )
            for number in range(processes)
        ]

    @property
    def urls(self) -> list[str]:
        return [server.url for server in self.servers]

    def __enter__(self) -> Self:
        for server in self.servers:
            server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            for server in self.servers:
                if error is None:
                    server.finish()
        finally:
            for server in self.servers:
                server.close()


def at(person: Person, url: str) -> Person:
    """The same person, with another process."""
    return replace(person, base_url=url, tabs=[])


async def somebody(url: str, name: str = "guest") -> Person:
    """A guest with a name that nobody had before in this run."""
    return await guest(url, f"{name}-{next(_numbers)}")


async def acquainted(url: str) -> tuple[Person, Person]:
    """Two people who have written to each other, and never had a tab."""
    alice, bob = await somebody(url, "alice"), await somebody(url, "bob")
    answer = await alice.useropt("chat-to", other=bob.user_id, content="hello")
    assert answer["errorcode"] == 2
    return alice, bob


async def linked(server: ParleyServer, times: int, within: float = PATIENCE) -> None:
    """Wait until a process has come to terms with Redis so many times."""
    person = Person(server.url)
    async with asyncio.timeout(within):
        while server.log.count("redis: linked as") < times:
            await person.request("GET", "/healthz")


async def shown(tab: Tab, other: Person, seq: int, within: float = PATIENCE) -> None:
    """Wait until this tab was pushed a seq; every turn is a round trip to the server."""
    async with asyncio.timeout(within):
        while seq not in seqs(tab, other):
            await tab.barrier()


async def sees(viewer: Person, other: Person, online: bool, within: float = PATIENCE) -> None:
    """Wait until the viewer's process knows whether the other is online."""
    async with asyncio.timeout(within):
        while True:
            user = (await viewer.request("GET", f"/api/v1/users/{other.user_id}")).data
            if user["online"] == online:
                return


def seqs(tab: Tab, other: Person) -> list[int]:
    """The seqs that this tab was pushed of a conversation, in the order of arrival."""
    return [
        push["data"]["data"][3]["seq"]
        for push in tab.inbox
        if push["errorcode"] in (0, 1, 2) and push["data"]["user_id"] == other.user_id
    ]
