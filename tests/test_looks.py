"""What names look like, and the columns where it is kept: new, changed, and of before."""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import string
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peewee import Database

from app.access.lookalike import _prototypes, looks
from app.access.names import folded
from models import accounts, base, guests, schema
from models.accounts import Arrival, Newcomer
from models.user import User, look_columns, look_keys
from tests.filled import analyze, fill, migrated
from tests.oracle import read_rows
from tests.services.parley import ROOT

STEP = next(path.stem for path in (ROOT / "migrations").glob("*_guest_names.py"))
COLUMNS = [column.column_name for column in guests.LOOKS]
# of the table of prototypes by which the stored looks were made
TABLE = "c46a18fd1ec7a20a98db5760af3444e053f1243a69b458151b05ca53d394b303"
NAMES = [
    ("alice", "Alice Ångström"),
    ("Вова", "Вова"),
    ("游客1", "王伟"),
    ("mark 10", "😀" * 64),
    ("محمد", "﷽" * 64),  # longer than its column when it is written out
]


def alike(one: str, other: str) -> bool:
    return bool(set(looks(one)) & set(looks(other)))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with migrated(database_url) as found:
        yield found


def stored(url: str) -> list[tuple[Any, ...]]:
    return read_rows(url, f"SELECT id, {', '.join(COLUMNS)} FROM user ORDER BY id")


def expected(username: str, nickname: str) -> tuple[Any, ...]:
    named = look_columns("username", username) | look_columns("nickname", nickname)
    return tuple(named[column] for column in COLUMNS)


@settings(deadline=None)  # the table is read at the first
@given(st.text(max_size=12))
def test_one_name_in_two_spellings_has_one_look(name: str) -> None:
    for spelling in (name.upper(), name.lower(), name.swapcase(), folded(name)):
        if folded(spelling) == folded(name):
            assert alike(spelling, name)


@settings(deadline=None)  # the table is read at the first
@given(st.text(max_size=64))
def test_a_look_fits_its_column(name: str) -> None:
    for key in look_keys(name):
        assert key is None or len(key.decode().encode()) <= 255


def test_plain_letters_and_digits_stay_apart() -> None:
    """But for those that are drawn alike in some typeface."""
    signs = string.ascii_lowercase + string.digits
    found = {one + other for one, other in combinations(signs, 2) if alike(one, other)}
    assert found == {"il", "i1", "l1", "o0"}


def test_numbers_do_not_look_like_each_other() -> None:
    for word in ("Guest ", "游客", "訪客", "ضيف "):
        assert len({looks(f"{word}{number}") for number in range(2000)}) == 2000


def test_the_table_is_the_one_that_stored_looks_were_made_by() -> None:
    """Another version of it needs a migration that makes the looks of all members again."""
    table = json.dumps(sorted(_prototypes().items())).encode()
    assert hashlib.sha256(table).hexdigest() == TABLE


def meet(sub: str, name: str) -> int:
    """The user id of a host's member, who is made at first sight."""
    arrival = Arrival(Newcomer(sub, name, locale="en"), 1)
    found = accounts.meet_embedded(*arrival)
    if found is None:
        accounts.add_embedded([arrival])
        found = accounts.meet_embedded(*arrival)
    assert found is not None
    return found.user_id


def test_looks_are_kept_with_every_name(db: Database, database_url: str) -> None:
    wanted = {}
    for username, nickname in NAMES:
        made = accounts.create_local(username, nickname, "", "en").user_id
        wanted[made] = expected(username, nickname)
        made = meet(username, nickname)
        wanted[made] = expected(username, nickname)
        made = meet(f"renamed {username}", "before")
        meet(f"renamed {username}", nickname)
        wanted[made] = expected(f"renamed {username}", nickname)
    nameless = accounts.create_local("only a username", "", "", "en").user_id
    wanted[nameless] = expected("only a username", "only a username")
    accounts.revoke_embedded("never here", 1)
    wanted[nameless + 1] = expected("never here", "never here")
    visitor, _ = guests.enter("a visitor", "en", 1)
    wanted[visitor.user_id] = (None,) * len(COLUMNS)
    assert {row[0]: row[1:] for row in stored(database_url)} == wanted


def test_where_nobody_is_yet_the_table_is_not_read(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes longer than all other steps together, at the first start of everybody."""
    asked: list[str] = []
    real = importlib.resources.files

    def watched(package: str) -> Any:
        asked.append(package)
        return real(package)

    monkeypatch.setattr(importlib.resources, "files", watched)
    db = base.connect(sqlite_url)
    schema.migrate(db)
    assert asked == []
    schema.migrate_back(db, STEP)
    with db.connection_context():
        db.execute_sql(
            "INSERT INTO user (username, name_key, kind, nickname, nickname_key, avatar, locale,"
            " created, last_seen, revoked_before)"
            " VALUES ('ann', x'61', 'local', 'ann', x'61', '', 'en', 1, 1, 0)"
        )
    schema.migrate(db)
    assert asked == ["confusable_homoglyphs"]


def populate(count: int) -> None:
    """Members of both kinds and guests, more than one batch of the migration."""
    for username, nickname in NAMES:
        accounts.create_local(username, nickname, "", "en")
        meet(username, nickname)
    guests.enter("a visitor", "en", 1)
    with base.database.atomic():
        for number in range(count):
            accounts.create_local(f"member {number}", "", "", "en")


def test_members_of_before_get_their_looks(db: Database, database_url: str) -> None:
    populate(1100)
    whole = stored(database_url)
    schema.migrate_back(db, STEP)
    assert not set(COLUMNS) & columns(db)
    schema.migrate(db)
    assert stored(database_url) == whole


def test_an_interrupted_step_is_taken_up(db: Database, database_url: str) -> None:
    """Where the schema cannot be rolled back, some columns are there already, and some looks."""
    populate(20)
    whole = stored(database_url)
    User.update(dict.fromkeys(COLUMNS)).where(User.id > 10).execute()
    for column in (COLUMNS[3], COLUMNS[1]):
        drop(db, column)
    forget_step(db)
    schema.migrate(db)
    assert stored(database_url) == whole
    indexed = {tuple(index.columns) for index in db.get_indexes("user")}
    assert {(column,) for column in COLUMNS} <= indexed


def forget_step(db: Database) -> None:
    mark = "?" if base.is_sqlite(db) else "%s"
    db.execute_sql(f"DELETE FROM schema_migration WHERE name = {mark}", (STEP,))


def drop(db: Database, column: str) -> None:
    if base.is_sqlite(db):  # MariaDB drops the index with the column
        db.execute_sql(f"DROP INDEX user_{column}")
    db.execute_sql(f"ALTER TABLE `user` DROP COLUMN {column}")


def columns(db: Database) -> set[str]:
    return {column.name for column in db.get_columns("user")}


def test_the_question_is_four_reads_of_an_index(db: Database) -> None:
    fill(1, 2000)
    with base.database.atomic():
        for number in range(1, 2001):
            look = dict.fromkeys(COLUMNS, b"user %d" % number)
            User.update(look).where(User.id == number).execute()
    analyze(db)
    assert base.first_row(guests.members_like("user 7")) is not None
    assert base.first_row(guests.members_like("user x")) is None
    sql, arguments = guests.members_like("Вова").limit(1).sql()
    if base.is_sqlite(db):
        plan = [row[3] for row in db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", arguments)]
        assert not [line for line in plan if "SCAN" in line], plan
        used = {column for column in COLUMNS for line in plan if f"INDEX user_{column} " in line}
    else:
        plan = list(db.execute_sql(f"EXPLAIN {sql}", arguments))
        used = {str(row[5]).removeprefix("user_") for row in plan if row[5] is not None}
    assert used == set(COLUMNS), plan
