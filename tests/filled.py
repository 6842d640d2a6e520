"""A database with as many rows in it as a test asks for, made by the models in this process."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from peewee import Database

from models import base, schema
from models.base import is_sqlite
from models.chatlog import ChatLog
from models.conversation import Conversation, Participant, Room, pair_key, room_key
from models.user import User
from tests.services.mariadb import MariaDB

AT_ONCE = 500  # rows in one statement


def filled_database(
    request: pytest.FixtureRequest, folder: Path, people: int
) -> Iterator[Database]:
    """For a fixture with the params sqlite and mariadb: so many people that a full scan would not
    be the better plan for anything.
    """
    url = f"sqlite:///{folder / 'parley.db'}"
    if request.param == "mariadb":
        mariadb: MariaDB = request.getfixturevalue("mariadb")
        url = mariadb.create_database()
    with migrated(url) as db:
        fill(1, people)
        analyze(db)
        yield db


@contextmanager
def migrated(database_url: str) -> Iterator[Database]:
    """The models' database is this one, migrated, and open in this thread."""
    found = base.connect(database_url)
    schema.migrate(found)
    with found.connection_context():
        yield found


def fill(first: int, last: int) -> None:
    """User 1 talks with 2 (a long conversation) and with each of many others (short ones)."""
    with base.database.atomic():
        for some in _parts(first, last):
            User.insert_many(map(_person, some)).execute()
        for some in _parts(max(2, first), last):
            _talk(some)
        Conversation.update(last_seq=last).where(Conversation.id == 2).execute()


def _parts(first: int, last: int) -> Iterator[range]:
    for start in range(first, last + 1, AT_ONCE):
        yield range(start, min(start + AT_ONCE, last + 1))


def _person(number: int) -> dict[str, object]:
    name = str(number)
    key = name.encode()
    names = {"username": name, "name_key": key, "nickname": name, "nickname_key": key}
    return {"id": number, "kind": "guest", "created": 0, **names}


def _talk(others: range) -> None:
    """Each has a conversation with 1, and what 1 writes as often stands in that with 2."""
    Conversation.insert_many(
        {"id": o, "key": pair_key(1, o), "last_seq": 1, "last_time": o} for o in others
    ).execute()
    Participant.insert_many(
        {"conversation": o, "user": mine, "other": theirs}
        for o in others
        for mine, theirs in ((1, o), (o, 1))
    ).execute()
    ChatLog.insert_many(_line(2, o, 1, 2, b"%d" % o) for o in others).execute()


def _line(conversation: int, seq: int, me: int, other: int, client_id: bytes) -> dict[str, object]:
    return {
        "conversation": conversation,
        "seq": seq,
        "me": me,
        "other": other,
        "client_id": client_id,
        "content": "x" * 100,
        "time": seq,
    }


def fill_room(
    conversation: int, name: str, owner: int | None, people: Iterable[int], messages: int = 1
) -> None:
    """A room in which everybody is a member, and its first member wrote the messages."""
    members = list(people)
    with base.database.atomic():
        Conversation.insert(
            id=conversation, key=room_key(name), last_seq=messages, last_time=messages
        ).execute()
        Room.insert(conversation=conversation, name=name, owner=owner, created=0).execute()
        Participant.insert_many(
            {"conversation": conversation, "user": user} for user in members
        ).execute()
        for some in _parts(1, messages):
            ChatLog.insert_many(
                _line(
                    conversation, seq, members[0], -conversation, b"%d in %d" % (seq, conversation)
                )
                for seq in some
            ).execute()


def analyze(db: Database) -> None:
    """Tells the query planner how much there is."""
    tables = "user, conversation, participant, chatlog, session"
    db.execute_sql("ANALYZE" if is_sqlite(db) else f"ANALYZE TABLE {tables}")
