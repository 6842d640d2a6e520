"""Faults of every kind, one after the other in an order that a seed chooses, under load."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.conftest import StartServer
from tests.reliability.crowd import Crowd
from tests.reliability.figures import figures
from tests.services.mariadb import MariaDB
from tests.services.parley import ParleyServer

FAULTS = 15


@dataclass
class Trouble:
    """What may happen to a server and its database."""

    server: ParleyServer
    mariadb: MariaDB
    crowd: Crowd

    async def _a_while(self) -> None:
        await self.crowd.talk_for(self.crowd.dice.uniform(0.1, 3.0))

    async def kill(self) -> None:
        await asyncio.to_thread(self.server.kill)
        await self.server.start_async()

    async def terminate(self) -> None:
        await self.server.restart_async()

    async def freeze_the_server(self) -> None:
        self.server.pause()
        await self._a_while()
        self.server.resume()

    async def freeze_the_database(self) -> None:
        self.mariadb.pause()
        await self._a_while()
        self.mariadb.resume()

    async def stop_the_database(self) -> None:
        await asyncio.to_thread(self.mariadb.stop)
        await self._a_while()
        await asyncio.to_thread(self.mariadb.start)

    async def kill_the_database(self) -> None:
        await asyncio.to_thread(self.mariadb.kill)
        await self._a_while()
        await asyncio.to_thread(self.mariadb.start)

    async def kill_while_the_database_is_frozen(self) -> None:
        self.mariadb.pause()
        await self._a_while()
        await asyncio.to_thread(self.server.kill)
        self.mariadb.resume()
        await self.server.start_async()

    @property
    def kinds(self) -> list[Callable[[], Awaitable[None]]]:
        """Everything that may happen."""
        return [
            self.kill,
            self.terminate,
            self.freeze_the_server,
            self.freeze_the_database,
            self.stop_the_database,
            self.kill_the_database,
            self.kill_while_the_database_is_frozen,
        ]


@pytest.mark.reliability
@pytest.mark.parametrize("seed", [70, 71, 72])
async def test_nothing_is_lost_in_any_order_of_faults(
    own_mariadb: MariaDB, start_open: StartServer, seed: int
) -> None:
    # Messages may run out of patience here, so that -8 is met as well.
    server = start_open(database_url=own_mariadb.create_database(), write_timeout=2)
    server.allow(r"\b(WARNING|ERROR)\b")
    print(f"seed {seed}")
    async with Crowd(server.url, seed) as crowd:
        trouble = Trouble(server, own_mariadb, crowd)
        for _ in range(FAULTS):
            await crowd.talk_for(crowd.dice.uniform(0.1, 0.6))
            await crowd.dice.choice(trouble.kinds)()
        await crowd.talk_for(0.3)
        await crowd.hush()
    crowd.oracle.assert_holds(server.database_url)
    figures("all", faults=FAULTS, acked=crowd.acks, refused=crowd.refusals[-8])
