"""How often the database is asked: as often for two hundred conversations as for three."""

import logging

import pytest

from app.messaging.reading import PAGE
from models import listing
from models.chatlog import ChatLog
from models.conversation import Conversation
from models.missed import Budget, person_bytes, read_missed, read_strangers
from models.people import find_person
from tests.filled import fill, migrated

CONVERSATIONS = 200
MOVED = (10, 20, 30)


def say(conversation: int) -> None:
    """One more message in a conversation that had one."""
    ChatLog.insert(
        conversation=conversation,
        seq=2,
        me=conversation,
        other=1,
        client_id=f"new {conversation}",
        content="x",
        time=10_000,
    ).execute()
    Conversation.update(last_seq=2).where(Conversation.id == conversation).execute()


def test_a_sync_and_the_list_ask_a_bounded_number_of_questions(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with migrated(database_url):
        fill(1, CONVERSATIONS + 1)
        for conversation in MOVED:
            say(conversation)
        held = dict.fromkeys(range(3, CONVERSATIONS + 2), 1) | {2: CONVERSATIONS + 1}
        budget = Budget()
        unnamed = MOVED[-1]
        del held[unnamed]
        with caplog.at_level(logging.DEBUG, "peewee"):
            missed, left = read_missed(1, held, 50, budget, still=True)
            asked_by_sync = len(caplog.records)
            listed, _ = listing.list_conversations(1, None, PAGE)
            asked_by_list = len(caplog.records) - asked_by_sync
    assert {one.positions.other for one in missed if one.rows} == set(MOVED)
    assert len(missed) == CONVERSATIONS
    assert [one.person.user_id for one in missed if one.person] == [unnamed]
    assert budget == Budget()  # it may have to be read once more
    assert left.bytes < budget.bytes
    assert len(listed) == PAGE
    assert 0 < asked_by_sync <= 4
    assert asked_by_list == 1  # and one to know who asks


def test_names_that_do_not_fit_into_a_sync_are_left_out_the_newest_ones_stay(
    database_url: str,
) -> None:
    with migrated(database_url):
        fill(1, 9)
        budget = Budget(bytes=2 * person_bytes(find_person(3)))
        assert list(read_strangers([3, 4, 5], budget)) == [4, 3]
        assert budget.bytes == 0
