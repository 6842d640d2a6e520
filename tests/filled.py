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
    names = [b"%d" % number for number in range(first, last + 1)]
    people = [
        {
            "id": int(name),
            "username": name.decode(),
            "name_key": name,
            "kind": "guest",
            "nickname": name.decode(),
            "nickname_key": name,
            "created": 0,
        }
        for name in names
    ]
    others = list(range(max(2, first), last + 1))
    with base.database.atomic():
        for start in range(0, len(people), AT_ONCE):
            User.insert_many(people[start : start + AT_ONCE]).execute()
        for start in range(0, len(others), AT_ONCE):
            some = others[start : start + AT_ONCE]
            Conversation.insert_many(
                {"id": o, "key": pair_key(1, o), "last_seq": 1, "last_time": o} for o in some
            ).execute()
            Participant.insert_many(
                {"conversation": o, "user": mine, "other": theirs}
                for o in some
                for mine, theirs in ((1, o), (o, 1))
            ).execute()
            ChatLog.insert_many(
                {
                    "conversation": 2,
                    "seq": o,
                    "me": 1,
                    "other": 2,
                    "client_id": b"%d" % o,
                    "content": "x" * 100,
                    "time": o,
                }
                for o in some
            ).execute()
        Conversation.update(last_seq=last).where(Conversation.id == 2).execute()


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
        for start in range(0, messages, AT_ONCE):
            ChatLog.insert_many(
                {
                    "conversation": conversation,
                    "seq": seq,
                    "me": members[0],
                    "other": -conversation,
                    "client_id": b"%d in %d" % (seq, conversation),
                    "content": "x" * 100,
                    "time": seq,
                }
                for seq in range(start + 1, min(start + AT_ONCE, messages) + 1)
            ).execute()


def analyze(db: Database) -> None:
    """Tells the query planner how much there is."""
    tables = "user, conversation, participant, chatlog, session"
    db.execute_sql("ANALYZE" if is_sqlite(db) else f"ANALYZE TABLE {tables}")
