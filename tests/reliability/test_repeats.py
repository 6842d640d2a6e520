"""The same client_id from everywhere at once: one row, and everybody is told the same."""

import asyncio

from tests.client import guest, message
from tests.conftest import StartServer
from tests.oracle import read_rows

TABS = 5
TIMES = 20  # repeats per tab, all on their way at once


async def test_repeats_from_many_tabs_at_once_are_one_message(open_server: StartServer) -> None:
    server = open_server()
    alice, bob, carol = [await guest(server.url, name) for name in ("alice", "bob", "carol")]
    there = await bob.open()
    tabs = [await alice.open() for _ in range(TABS)]
    answers = await asyncio.gather(
        *(tab.chat(bob, f"try {number}", "same") for tab in tabs for number in range(TIMES))
    )
    assert {(one.seq, one.content) for one in answers} == {(1, answers[0].content)}
    assert [one.dup for one in answers].count(False) == 1
    await there.expect(message(answers[0].content))
    await there.refute(message())
    elsewhere = {"other": carol.user_id, "content": "hello Carol", "client_id": "same"}
    original = (await tabs[0].ask("chat-to", elsewhere))["data"]
    assert (original["user_id"], original["data"][1]) == (bob.user_id, answers[0].content)
    assert original["dup"]
    assert len(read_rows(server.database_url, "SELECT seq FROM chatlog")) == 1
    for person in (alice, bob):
        await person.leave()
