"""The moments in which one process does not know yet who is at another."""

import asyncio

from tests.client import event, message
from tests.cluster.servers import Cluster, acquainted, at, linked, sees
from tests.services.redis import Redis


async def test_what_is_stored_before_the_news_comes_is_shown(
    any_cluster: Cluster, own_redis: Redis
) -> None:
    """Bob arrives while Redis dozes, and is written to by somebody who cannot know it."""
    here, there = any_cluster.urls
    alice, bob = await acquainted(here)
    alice = at(alice, there)
    writing = await alice.open()
    own_redis.pause()
    theirs = await bob.open()
    assert (await writing.chat(bob, "are you there?")).errorcode == 2
    own_redis.resume()
    await theirs.expect(message("are you there?", sender=alice))
    await sees(alice, bob, online=True)
    await theirs.refute(message())
    await theirs.close()
    await writing.close()


async def test_who_is_slow_to_register_again_is_not_taken_for_gone(
    any_cluster: Cluster, own_redis: Redis
) -> None:
    """Redis comes back empty; the process that is there first gives the other one time."""
    here, there = any_cluster.urls
    alice, bob = await acquainted(here)
    answer = await bob.useropt("chat-to", other=alice.user_id, content="hello to you")
    assert answer["errorcode"] == 2
    viewer, theirs = await alice.open(), await at(bob, there).open()
    await viewer.expect(event("presence", user_id=bob.user_id, online=True))
    carol, _ = await acquainted(here)
    await carol.useropt("chat-to", other=alice.user_id, content="I am here, too")
    hers = await carol.open()
    await viewer.expect(event("presence", user_id=carol.user_id, online=True))
    await asyncio.to_thread(own_redis.stop)
    any_cluster.servers[1].pause()
    await asyncio.to_thread(own_redis.start)
    await linked(any_cluster.servers[0], times=2)
    await hers.close()
    await viewer.expect(event("presence", user_id=carol.user_id, online=False))
    any_cluster.servers[1].resume()
    await linked(any_cluster.servers[1], times=2)
    assert (await viewer.chat(bob, "still there?")).errorcode == 1
    await theirs.expect(message("still there?"))
    await viewer.refute(event("presence", user_id=bob.user_id))
    await theirs.close()
    await viewer.close()
