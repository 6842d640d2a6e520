"""Who asks for the socket and does not get it was never there, for no process."""

import pytest

from tests.client import SOCKET_PATH, message
from tests.cluster.servers import Cluster, acquainted, at, seqs

UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
# what is asked with, and how that is refused
REQUESTS: dict[str, tuple[dict[str, str], int]] = {
    "a page": ({}, 400),
    "a page elsewhere": ({"Origin": "https://elsewhere.example"}, 400),
    "a socket from elsewhere": ({**UPGRADE, "Origin": "https://elsewhere.example"}, 403),
    "half a handshake": ({"Upgrade": "websocket"}, 400),
    "a handshake without a key": (UPGRADE, 400),
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_what_came_while_nobody_was_there_is_not_news(cluster: Cluster, name: str) -> None:
    """Bob opened the socket's address in a tab; a day later his first socket comes."""
    here, there = cluster.urls
    alice, bob = await acquainted(here)
    headers, status = REQUESTS[name]
    assert (await bob.request("GET", SOCKET_PATH, headers=headers)).status == status
    writing = await at(alice, there).open()
    for number in range(3):
        await writing.chat(bob, f"{number}")
    tab = await bob.open()
    await writing.chat(bob, "new")
    await tab.expect(message("new"))
    assert seqs(tab, alice) == [], "to be had by sync, and no news"
    await tab.close()
    await writing.close()
