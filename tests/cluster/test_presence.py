"""R11 over two processes: whoever looks on, wherever, is told of each change once."""

import asyncio
import random

from tests.client import Person, Tab, event
from tests.cluster.servers import Cluster, acquainted, at

ROUNDS = 25


async def end(tab: Tab, politely: bool) -> None:
    """Close a tab, or let it vanish."""
    if politely:
        await tab.close()
    else:
        tab.abort()
        await tab.closed()


async def come_and_go(
    alice: Person, urls: list[str], viewers: list[Tab], dice: random.Random
) -> None:
    """A tab with each process; they are closed one after the other, or both at once."""
    tabs = list(await asyncio.gather(*(at(alice, url).open() for url in urls)))
    for viewer in viewers:
        await viewer.expect(event("presence", user_id=alice.user_id, online=True))
    dice.shuffle(tabs)
    if dice.random() < 0.5:
        await asyncio.gather(*(end(tab, dice.random() < 0.5) for tab in tabs))
    else:
        for tab in tabs:
            await end(tab, dice.random() < 0.5)
    for viewer in viewers:
        await viewer.expect(event("presence", user_id=alice.user_id, online=False))


async def test_each_change_is_told_once_to_each(any_cluster: Cluster) -> None:
    alice, bob = await acquainted(any_cluster.urls[0])
    viewers = [await at(bob, url).open() for url in any_cluster.urls * 2]
    dice = random.Random(110)
    for _ in range(ROUNDS):
        await come_and_go(alice, any_cluster.urls, viewers, dice)
    for viewer in viewers:
        await viewer.refute(event("presence"))
        await viewer.close()
