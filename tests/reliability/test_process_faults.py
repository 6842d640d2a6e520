"""The server process itself ends: by kill -9 in the middle of everything, or by SIGTERM."""

import time

import pytest

from tests.conftest import StartServer
from tests.reliability.crowd import Crowd
from tests.reliability.figures import figures
from tests.reliability.kills import kill_and_restart
from tests.services.parley import ParleyServer

BACK_WITHIN = 3.0  # seconds from the start of the new process to the first message stored
GONE_WITHIN = 10.0  # seconds from SIGTERM to the exit


async def kill_repeatedly(server: ParleyServer, times: int, seed: int) -> None:
    print(f"R1 seed {seed}")
    async with Crowd(server.url, seed) as crowd:
        returns = [await kill_and_restart(crowd, server) for _ in range(times)]
        await crowd.talk_for(0.2)
        await crowd.hush()
    crowd.oracle.assert_holds(server.database_url)
    slowest = max(one.stored for one in returns)
    ready = max(one.ready for one in returns)
    figures("R1", kills=times, acked=crowd.acks, slowest_stored_s=slowest, slowest_ready_s=ready)
    assert slowest <= BACK_WITHIN


async def test_nothing_is_lost_when_the_server_is_killed(open_server: StartServer) -> None:
    await kill_repeatedly(open_server(), times=3, seed=1)


@pytest.mark.reliability
@pytest.mark.parametrize("seed", [20, 21])
async def test_nothing_is_lost_in_twenty_kills(open_server: StartServer, seed: int) -> None:
    await kill_repeatedly(open_server(), times=20, seed=seed)


async def terminate(crowd: Crowd, server: ParleyServer) -> float:
    """SIGTERM under load; the seconds until the process has gone."""
    await crowd.talk_for(crowd.dice.uniform(0.3, 0.8))
    sockets = len(crowd.clients)
    before = crowd.closes
    began = time.monotonic()
    exit_code = await server.stop_async()
    took = time.monotonic() - began
    await crowd.everybody(lambda one: not one.live)
    assert exit_code == 0
    assert crowd.closes - before == {1012: sockets}
    return took


async def terminate_repeatedly(server: ParleyServer, times: int, seed: int) -> None:
    print(f"R13 seed {seed}")
    ends = []
    async with Crowd(server.url, seed) as crowd:
        for _ in range(times):
            ends.append(await terminate(crowd, server))
            await server.start_async()
            await crowd.everybody(lambda one: one.live)
        await crowd.hush()
    crowd.oracle.assert_holds(server.database_url)
    figures("R13", terms=times, acked=crowd.acks, slowest_exit_s=max(ends))
    assert max(ends) <= GONE_WITHIN


async def test_sigterm_loses_nothing_and_says_goodbye(open_server: StartServer) -> None:
    await terminate_repeatedly(open_server(), times=1, seed=13)


@pytest.mark.reliability
async def test_ten_sigterms_lose_nothing(open_server: StartServer) -> None:
    await terminate_repeatedly(open_server(), times=10, seed=130)
