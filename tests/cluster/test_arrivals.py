"""Somebody arrives at one process while another, which has not heard of it, stores for them."""

from tests.client import message
from tests.cluster.servers import Cluster, acquainted, at, sees

ROUNDS = 10


async def test_what_is_stored_before_the_news_comes_is_shown(any_cluster: Cluster) -> None:
    """The other process sleeps while Bob arrives, and wakes with the news and a message to him."""
    here, there = any_cluster.urls
    alice, bob = await acquainted(here)
    alice = at(alice, there)
    writing = await alice.open()
    for turn in range(ROUNDS):
        await sees(alice, bob, online=False)
        any_cluster.servers[1].pause()
        theirs = await bob.open()
        data = {"other": bob.user_id, "content": f"are you there? {turn}"}
        await writing.send("chat-to", data, f"turn-{turn}")
        any_cluster.servers[1].resume()
        await theirs.expect(message(f"are you there? {turn}", sender=alice))
        await theirs.close()
    await writing.close()
