"""The first push on a socket."""

import time

from tests.client import Tab, event
from tests.scene import meet
from tests.services.parley import ParleyServer


async def test_hello_says_who_one_is_and_what_time_it_is(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    before = time.time_ns() // 1_000_000
    tab = Tab(await alice.connect("same"))
    alice.tabs.append(tab)
    hello = (await tab.expect(event("hello")))["data"]
    assert set(hello) == {"event", "user", "epoch", "time"}
    assert hello["user"]["user_id"] == alice.user_id
    assert before <= hello["time"] <= time.time_ns() // 1_000_000
