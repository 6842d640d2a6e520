"""Batches for the log's writer, and what became of them: what its tests share."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from peewee import Database

from app.access.person import Person
from app.messaging.errors import Errorcode, Refused
from app.messaging.items import Message, Outcome, Receipt, Reply, RoomMessage, RoomName, Stored
from models import base, rooms, schema
from models.conversation import Participant, room_key
from models.log_writer import LogWriter
from models.user import User
from tests.oracle import read_rows

ALICE, BOB, CAROL, NOBODY = 1, 2, 3, 999
DEADLINE = 20.0
NO_REPLY = Reply()


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    yield from prepared(database_url)


def prepared(database_url: str, people: int = CAROL) -> Iterator[Database]:
    """A migrated database with some people in it; its connection belongs to this thread."""
    found = base.connect(database_url)
    schema.migrate(found)
    with found.connection_context():
        User.insert_many(
            {
                "id": number,
                "username": f"user {number}",
                "name_key": b"user %d" % number,
                "kind": "guest",
                "nickname": f"user {number}",
                "nickname_key": b"user %d" % number,
                "created": 0,
            }
            for number in range(1, people + 1)
        ).execute()
    yield found
    if not found.is_closed():
        found.close()


@pytest.fixture
def writer(db: Database) -> Iterator[LogWriter]:
    with closing(LogWriter(db)) as made:
        yield made


def person(user_id: int) -> Person:
    return Person(user_id, f"user {user_id}", f"user {user_id}", "", "guest", "en", 0)


def message(sender: int, other: int, client_id: str, content: str = "x") -> Message:
    return Message(person(sender), other, content, client_id, NO_REPLY)


def receipt(user: int, other: int, read: int = 0, delivered: int = 0) -> Receipt:
    return Receipt(user, other, read, max(read, delivered))


def tea(db: Database, name: str = "tea") -> RoomName:
    """A room that Alice has opened and is in."""
    with db.connection_context():
        rooms.open_room(name, ALICE)
        conversation = rooms.find_room(name, ALICE).conversation
        Participant.insert(conversation=conversation, user=ALICE).execute()
    return RoomName(conversation, room_key(name), name)


def say(room: RoomName, client_id: str) -> Message:
    """Alice, in the room."""
    return RoomMessage(person(ALICE), 0, "x", client_id, NO_REPLY, room)


def seqs(outcomes: list[Outcome]) -> list[tuple[int, bool]]:
    """(seq, dup) of each; all of them have to be stored."""
    stored = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
    assert len(stored) == len(outcomes), outcomes
    return [(one.seq, one.dup) for one in stored]


def codes(outcomes: list[Outcome]) -> list[Errorcode | None]:
    return [one.code if isinstance(one, Refused) else None for one in outcomes]


def log_of(url: str) -> list[tuple[int, int, str, str]]:
    """(seq, sender, client_id, content), conversation by conversation."""
    query = "SELECT seq, me, client_id, content FROM chatlog ORDER BY conversation_id, seq"
    return [(seq, me, bytes(cid).decode(), text) for seq, me, cid, text in read_rows(url, query)]


def count(url: str, table: str) -> int:
    return int(read_rows(url, f"SELECT COUNT(*) FROM {table}")[0][0])
