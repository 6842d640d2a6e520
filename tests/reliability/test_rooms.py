"""Rooms whose people come and go all the time while the server is killed again and again."""

import pytest

from tests.conftest import StartServer
from tests.reliability.figures import figures
from tests.reliability.gathering import WINDOW
from tests.reliability.kills import kill_and_restart
from tests.reliability.room_crowd import RoomCrowd
from tests.services.parley import ParleyServer

PAGE = 200  # messages that the answer to a join shows
GRACE = 0.2  # seconds: people come back before it and after it


async def stay_in_rooms(server: ParleyServer, kills: int, seed: int) -> None:
    print(f"rooms, seed {seed}")
    async with RoomCrowd(server.url, seed) as crowd:
        for _ in range(kills):
            await kill_and_restart(crowd, server)
        await crowd.talk_for(1.0)
        await crowd.hush()
        await crowd.disperse()
    crowd.oracle.assert_holds(server.database_url)
    figures(
        "rooms",
        kills=kills,
        tabs=len(crowd.clients),
        acked=crowd.acks,
        stays=len(crowd.oracle.stays),
        shown=sum(len(stay.shown) for stay in crowd.oracle.stays),
        gaps_filled=sum(client.gaps_filled for client in crowd.clients),
        refusals=str(dict(crowd.refusals)),
    )


async def test_rooms_hold_while_people_come_and_go(open_server: StartServer) -> None:
    await stay_in_rooms(open_server(presence_grace=GRACE), kills=0, seed=40)


async def test_rooms_hold_when_the_server_is_killed(open_server: StartServer) -> None:
    await stay_in_rooms(open_server(presence_grace=GRACE), kills=3, seed=41)


async def test_who_missed_more_than_a_page_is_shown_all_of_it(open_server: StartServer) -> None:
    server = open_server(presence_grace=GRACE)
    async with RoomCrowd(server.url, seed=44, people=5, rooms=1, pace=0.02, stir=1e9) as crowd:
        await crowd.talk_on(100)
        away = crowd.clients[0]
        await away.close_tab()
        # as many as everybody may still have been waiting for when it went, and when it comes back
        await crowd.talk_on(PAGE + 2 * len(crowd.clients) * WINDOW)
        away.come_back()
        await crowd.hush()
        figures("a page missed", acked=crowd.acks, gaps_filled=away.gaps_filled)
        assert away.gaps_filled
        (stay,) = (one for one in crowd.oracle.stays if one.viewer == away.person.user_id)
        assert len(stay.shown) > PAGE
    crowd.oracle.assert_holds(server.database_url)


@pytest.mark.reliability
@pytest.mark.parametrize("seed", [42, 43])
async def test_rooms_hold_in_twenty_kills(open_server: StartServer, seed: int) -> None:
    await stay_in_rooms(open_server(presence_grace=GRACE), kills=20, seed=seed)
