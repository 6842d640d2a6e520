"""The schema goes forward and back with data in it, which is there afterwards."""

from __future__ import annotations

import pytest
from peewee import Database

from models import schema
from models.session import Session
from models.user import User
from tests.filled import fill, fill_room
from tests.oracle import read_rows
from tests.schema.tables import NAMES, contents, tables


def fill_people() -> None:
    fill(1, 50)
    Session.insert(key=b"k", user=1, created=1, expires=2, ended=0).execute()
    User.update(nickname="😀", username="名").where(User.id == 7).execute()


def test_every_step_keeps_the_data(db: Database, database_url: str) -> None:
    """What the newest but one schema held is there after each step forward and back again."""
    schema.migrate(db)
    with db.connection_context():
        fill_people()
    whole = contents(database_url)
    empty = {table for table, rows in whole.items() if not rows}
    assert empty == {"room"}, "a table without a row proves nothing"
    for name in NAMES[:0:-1]:
        schema.migrate_back(db, name)
        schema.migrate(db)
        assert contents(database_url) == whole
    schema.migrate_back(db, NAMES[0], drop_data=True)
    assert tables(db) == set()
    schema.migrate(db)
    emptied = contents(database_url)
    assert {table for table, rows in emptied.items() if rows} == {"storage"}
    assert emptied["storage"] != whole["storage"], "another storage is another epoch"


def test_before_rooms_nothing_of_a_room_is_left(db: Database, database_url: str) -> None:
    schema.migrate(db)
    with db.connection_context():
        fill_people()
    whole = contents(database_url)
    with db.connection_context():
        fill_room(1000, "大厅", owner=1, people=range(1, 20))
    assert len(contents(database_url)["room"]) == 1
    schema.migrate_back(db, "0002_rooms", drop_data=True)
    schema.migrate(db)
    assert contents(database_url) == whole


def test_what_people_said_is_not_deleted_unless_that_is_asked_for(
    db: Database, database_url: str
) -> None:
    schema.migrate(db)
    with db.connection_context():
        fill_people()
        fill_room(1000, "大厅", owner=1, people=range(1, 20))
    whole = contents(database_url)
    for target, lost in (("0002_rooms", "1 room"), ("0001_first_tables", "1 room")):
        with pytest.raises(ValueError, match=rf"{lost}.*--drop-data"):
            schema.migrate_back(db, target)
        assert (schema.pending(db), contents(database_url)) == ([], whole)
    schema.migrate_back(db, "0002_rooms", drop_data=True)
    with pytest.raises(ValueError, match=r"50 user.*--drop-data"):
        schema.migrate_back(db)
    assert schema.migrate_back(db, drop_data=True) == ["0001_first_tables"]


def test_what_people_wrote_counts_as_read_before_and_after(db: Database, database_url: str) -> None:
    """Before the fourth step that stood with the participants, and goes back there."""
    schema.migrate(db)
    with db.connection_context():
        fill(1, 3)
        db.execute_sql("UPDATE conversation SET low_seq = 2, high_seq = 3 WHERE id = 2")
        db.execute_sql("UPDATE participant SET read_seq = 1, delivered_seq = 3")
    assert schema.migrate_back(db, "0004_own_seqs")[-1] == "0004_own_seqs"
    found = read_rows(
        database_url,
        "SELECT conversation_id, user_id, read_seq, delivered_seq FROM participant ORDER BY 1, 2",
    )
    assert [tuple(row) for row in found] == [(2, 1, 2, 3), (2, 2, 3, 3), (3, 1, 1, 3), (3, 3, 1, 3)]
    schema.migrate(db)
    assert [tuple(row) for row in read_rows(database_url, "SELECT low_seq FROM conversation")] == [
        (0,),
        (0,),
    ]
