"""What a batch writes: all or nothing, and no word of it taken for SQL, on both databases."""

import re
from collections.abc import Iterator
from contextlib import closing

import pymysql
import pytest
from peewee import Database

from models.base import is_sqlite, make_database, several_statements
from models.chatlog import ChatLog
from models.conversation import Conversation, Participant
from models.failures import is_outdated
from models.log_writes import (
    LOG_COLUMNS,
    SQLITE_LOG,
    SQLITE_MOVE,
    SQLITE_PROGRESS,
    Moved,
    Writes,
    commit_mysql,
    commit_sqlite,
    statements,
)
from tests.filled import fill, migrated
from tests.services.mariadb import MariaDB

FIRST, SECOND = 2, 3  # conversations: of 1 and 2, of 1 and 3
HOSTILE = ("%s", "%d %% %(x)s", "it's \\' \" ; --", "\\", "😀", "\n\r\t", "\x1a", "{x} {0}")


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    with several_statements(), migrated(database_url) as found:
        fill(1, 5)
        found.execute_sql("COMMIT" if not is_sqlite(found) else "SELECT 1")
        yield found


def last_seq(db: Database, conversation: int) -> int:
    found = Conversation.get_by_id(conversation)
    return int(found.last_seq)


def writes(db: Database, conversation: int = FIRST, **more: object) -> Writes:
    seq = last_seq(db, conversation) + 1
    made = Writes(
        now=50_000,
        moved=[Moved(b"1:2", conversation, (seq - 1, 0), (seq, 50_000), low=seq)],
        log=[(conversation, seq, 1, 2, "new", "text", 50_000)],
        progress=[(conversation, 1, 2, seq, seq)],
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made


def commit(db: Database, made: Writes) -> None:
    cursor = db.cursor()
    if is_sqlite(db):
        cursor.execute("BEGIN IMMEDIATE")
        commit_sqlite(cursor, made)
        return
    cursor.execute("SET autocommit = 0")
    try:
        commit_mysql(cursor, made)
    except Exception:
        cursor.execute("ROLLBACK")
        raise
    finally:
        cursor.execute("SET autocommit = 1")


def test_the_columns_are_those_of_the_models() -> None:
    assert LOG_COLUMNS.split(", ") == [one.column_name for one in ChatLog._meta.sorted_fields]


def test_every_word_is_a_table_a_column_or_sql() -> None:
    """A renamed column leaves its old name here, and that is then no word any more."""
    models = (Conversation, Participant, ChatLog)
    known = {model._meta.table_name for model in models} | {"excluded", "x"}
    known |= {field.column_name for model in models for field in model._meta.sorted_fields}
    made = Writes(1, [Moved(b"1", 1, (0, 0), (1, 1))], [], [(1, 1, 2, 1, 1)])
    for text in (SQLITE_MOVE, SQLITE_LOG, SQLITE_PROGRESS, *statements(made)):
        words = {word for word in re.findall(r"[A-Za-z_]+", text) if word != word.upper()}
        assert words <= known, (text, words - known)


def test_a_conversation_moves_with_its_log_and_its_positions(db: Database) -> None:
    before = last_seq(db, FIRST)
    commit(db, writes(db))
    found = Conversation.get_by_id(FIRST)
    assert (found.last_seq, found.last_time) == (before + 1, 50_000)
    assert (found.low_seq, found.high_seq) == (before + 1, 0)
    assert ChatLog.get(conversation=FIRST, seq=before + 1).content == "text"
    mine = Participant.get(conversation=FIRST, user=1)
    assert (mine.read_seq, mine.delivered_seq) == (before + 1, before + 1)


def test_positions_only_move_forward(db: Database) -> None:
    commit(db, writes(db))
    here = last_seq(db, FIRST)
    commit(db, Writes(1, progress=[(FIRST, 1, 2, 1, 1)]))
    mine = Participant.get(conversation=FIRST, user=1)
    assert (mine.read_seq, mine.delivered_seq) == (here, here)


def test_sqlite_finds_its_rows_by_key(db: Database) -> None:
    if is_sqlite(db):
        plan = db.execute_sql(f"EXPLAIN QUERY PLAN {SQLITE_MOVE}", (1,) * 5).fetchall()
        assert "INTEGER PRIMARY KEY" in plan[0][3]


@pytest.mark.parametrize("content", HOSTILE)
def test_a_text_is_never_part_of_a_statement(db: Database, content: str) -> None:
    made = writes(db)
    seq = last_seq(db, FIRST) + 1
    commit(db, writes(db, log=[(*made.log[0][:4], content, content, 50_000)]))
    row = ChatLog.get(conversation=FIRST, seq=seq)
    assert (row.content, row.client_id) == (content, content.encode())


def test_the_mode_of_the_session_is_ours_whatever_the_server_has(
    db: Database, database_url: str, request: pytest.FixtureRequest
) -> None:
    """Where a backslash is a letter like any other, escaping by it would let text out."""
    if is_sqlite(db):
        return
    mariadb: MariaDB = request.getfixturevalue("mariadb")
    later = make_database(database_url)
    with mariadb.connect() as operator, operator.cursor() as cursor:
        cursor.execute("SELECT @@global.sql_mode")
        before = cursor.fetchone()
        try:
            cursor.execute("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES'")
            with several_statements():
                later.connect()
        finally:
            cursor.execute("SET GLOBAL sql_mode = %s", before)
    with closing(later):
        assert "NO_BACKSLASH" not in later.execute_sql("SELECT @@sql_mode").fetchone()[0]
        seq = last_seq(db, FIRST) + 1
        commit(later, writes(db, log=[(FIRST, seq, 1, 2, "\\", "\\' --", 1)]))
    assert ChatLog.get(client_id=b"\\").content == "\\' --"


@pytest.mark.parametrize("lacking", ["moved on", "gone", "other people's", "another's number"])
def test_nothing_is_written_where_one_of_them_does_not_end_there(
    db: Database, lacking: str
) -> None:
    if is_sqlite(db):  # it has the whole file to itself, and looks before
        return
    made = writes(db)
    one = last_seq(db, SECOND)
    if lacking == "moved on":
        made.moved.append(Moved(b"1:3", SECOND, (one - 1, 0), (one, 50_000), 9, 9))
    elif lacking == "gone":
        made.moved.append(Moved(b"8:9", 999, (0, 0), (1, 50_000)))
    elif lacking == "other people's":
        made.moved.append(Moved(b"8:9", SECOND, (one, 0), (one + 1, 50_000)))
    else:
        made.moved.append(Moved(b"1:3", 999, (one, 0), (one + 1, 50_000)))
    before = last_seq(db, FIRST)
    with pytest.raises(pymysql.err.MySQLError) as refused:
        commit(db, made)
    assert is_outdated(refused.value)
    assert (last_seq(db, FIRST), last_seq(db, SECOND)) == (before, one)
    assert Conversation.get_or_none(id=999) is None
    assert not ChatLog.select().where(ChatLog.client_id == b"new").exists()


@pytest.mark.parametrize("place", range(4))
def test_only_a_number_stands_where_numbers_stand(place: int) -> None:
    row: list[object] = [1, 1, 1, 2, "a", "b", 5]
    row[place] = "1 OR 1=1"
    with pytest.raises(TypeError, match="%d format"):
        statements(Writes(1, [Moved(b"1", 1, (0, 0), (1, 1))], [tuple(row)]))  # type: ignore[list-item]
