"""One transaction per batch: dense seqs, each message once, on both databases, in-process."""

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from peewee import Database

from app.access.person import Person
from app.messaging.errors import Errorcode, Refused, TryAgain
from app.messaging.items import (
    Message,
    Moved,
    Outcome,
    Receipt,
    Reply,
    RoomMessage,
    RoomName,
    Stored,
)
from models import base, rooms, schema
from models.conversation import MUTED, Participant, room_key
from models.log_sql import PARTICIPANT_COLUMNS
from models.log_writer import LogWriter
from models.storage import read_epoch
from models.user import User
from tests.lossy_line import LossyLine
from tests.oracle import read_rows
from tests.scene import change
from tests.services.mariadb import MariaDB

ALICE, BOB, CAROL, NOBODY = 1, 2, 3, 999
DEADLINE = 20.0
LONGEST = "😀" * 8192
NO_REPLY = Reply()
PAIR = "(77, 1, 2, 0, 0), (77, 2, 1, 0, 0)"  # both sides of a conversation


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    yield from prepared(database_url)


def prepared(database_url: str) -> Iterator[Database]:
    """A migrated database with three people in it; its connection belongs to this thread."""
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
            for number in (ALICE, BOB, CAROL)
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


def tea(db: Database) -> RoomName:
    """A room that Alice has opened and is in."""
    with db.connection_context():
        rooms.open_room("tea", ALICE)
        conversation = rooms.find_room("tea", ALICE).conversation
        Participant.insert(conversation=conversation, user=ALICE).execute()
    return RoomName(conversation, room_key("tea"), "tea")


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


def test_a_batch_gets_dense_seqs_per_conversation(writer: LogWriter, database_url: str) -> None:
    outcomes = writer.commit(
        [
            message(ALICE, BOB, "1"),
            message(BOB, ALICE, "1"),
            message(ALICE, CAROL, "2"),
            message(ALICE, BOB, "3"),
        ]
    )
    assert seqs(outcomes) == [(1, False), (2, False), (1, False), (3, False)]
    assert seqs(writer.commit([message(BOB, ALICE, "2")])) == [(4, False)]
    tops = read_rows(database_url, "SELECT last_seq FROM conversation ORDER BY last_seq")
    assert tops == [(1,), (4,)]
    assert count(database_url, "participant") == 4


def test_repeats_within_one_batch(writer: LogWriter, database_url: str) -> None:
    outcomes = writer.commit(
        [
            message(ALICE, BOB, "a", "first"),
            message(ALICE, BOB, "a", "second"),
            message(ALICE, BOB, "b"),
            message(ALICE, CAROL, "a", "third"),
            message(BOB, ALICE, "a", "another sender"),
        ]
    )
    assert seqs(outcomes) == [(1, False), (1, True), (2, False), (1, True), (3, False)]
    originals = [one for one in outcomes if isinstance(one, Stored) and one.dup]
    assert {(one.other, one.content) for one in originals} == {(BOB, "first")}
    assert [row[0] for row in log_of(database_url)] == [1, 2, 3]
    assert count(database_url, "conversation") == 1, "a repeat makes no conversation"


def test_what_went_to_nobody_first_is_no_repeat(writer: LogWriter, database_url: str) -> None:
    """The same client_id, to nobody, then to somebody, then to somebody else: in one batch."""
    batch = [message(ALICE, other, "a") for other in (NOBODY, BOB, CAROL)]
    refused, stored, repeat = writer.commit(batch)
    assert codes([refused]) == [Errorcode.NOT_FOUND]
    assert seqs([stored, repeat]) == [(1, False), (1, True)]
    assert count(database_url, "conversation") == 1


def test_repeats_across_batches(writer: LogWriter, db: Database, database_url: str) -> None:
    first = writer.commit([message(ALICE, BOB, "a", "original"), message(ALICE, BOB, "b")])
    again = [
        message(ALICE, BOB, "c"),
        message(ALICE, BOB, "a", "else"),
        message(ALICE, CAROL, "b"),
        message(ALICE, BOB, "d"),
        message(ALICE, NOBODY, "a"),
    ]
    outcomes = writer.commit(again)
    assert seqs(outcomes) == [(3, False), (1, True), (2, True), (4, False), (1, True)]
    assert isinstance(outcomes[1], Stored)
    assert isinstance(first[0], Stored)
    assert (outcomes[1].content, outcomes[1].time) == ("original", first[0].time)
    assert seqs(LogWriter(db).commit([message(ALICE, BOB, "a")])) == [(1, True)]
    assert [row[0] for row in log_of(database_url)] == [1, 2, 3, 4]
    assert count(database_url, "conversation") == 1


def test_an_unknown_recipient_is_refused_and_leaves_no_row(
    writer: LogWriter, database_url: str
) -> None:
    outcomes = writer.commit(
        [
            message(ALICE, NOBODY, "1"),
            message(ALICE, BOB, "2"),
            message(NOBODY, ALICE, "3"),
            message(ALICE, NOBODY, "4"),
        ]
    )
    refused = Errorcode.NOT_FOUND
    assert codes(outcomes) == [refused, None, refused, refused]
    assert [row[2] for row in log_of(database_url)] == ["2"]
    assert (count(database_url, "conversation"), count(database_url, "participant")) == (1, 2)
    assert codes(writer.commit([message(ALICE, NOBODY, "1")])) == [refused]
    assert (count(database_url, "conversation"), count(database_url, "participant")) == (1, 2)


def test_a_conversation_that_another_process_made_meanwhile(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    """Two writers with a memory each, as two processes have, take turns."""
    other = LogWriter(db)
    assert seqs(writer.commit([message(ALICE, BOB, "1")])) == [(1, False)]
    assert seqs(other.commit([message(BOB, ALICE, "1")])) == [(2, False)]
    assert seqs(writer.commit([message(ALICE, BOB, "2"), message(ALICE, CAROL, "3")])) == [
        (3, False),
        (1, False),
    ]
    assert seqs(other.commit([message(CAROL, ALICE, "1")])) == [(2, False)]
    assert count(database_url, "conversation") == 2


def test_what_is_remembered_is_not_believed_when_others_write(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    """Two processes take turns in one conversation; each remembers where it ended last time."""
    other = LogWriter(db)
    for turn in range(1, 9, 2):
        assert seqs(writer.commit([message(ALICE, BOB, f"{turn}")])) == [(turn, False)]
        assert seqs(other.commit([message(BOB, ALICE, f"{turn}")])) == [(turn + 1, False)]
    both = [message(ALICE, CAROL, "new"), message(ALICE, BOB, "last")]
    assert seqs(writer.commit(both)) == [(1, False), (9, False)]
    assert [row[0] for row in log_of(database_url)] == [*range(1, 10), 1]


def test_a_room_that_others_write_to_and_a_mute_between(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    """Who may write in a room is looked up each time, also when its end is remembered."""
    room = tea(db)
    conversation = room.conversation
    assert seqs(writer.commit([say(room, "1"), say(room, "2")])) == [(1, False), (2, False)]
    change(database_url, f"UPDATE participant SET standing = {MUTED}")
    assert codes(writer.commit([say(room, "3")])) == [Errorcode.NOT_ALLOWED]
    change(database_url, "UPDATE participant SET standing = 0")
    change(database_url, f"UPDATE conversation SET last_seq = 7 WHERE id = {conversation}")
    assert seqs(writer.commit([say(room, "4")])) == [(8, False)]


def test_a_batch_of_known_conversations_is_one_question(mariadb_url: str) -> None:
    for db in prepared(mariadb_url):
        writer = LogWriter(db)

        def questions(db: Database = db) -> int:
            return int(db.execute_sql("SHOW SESSION STATUS LIKE 'Questions'").fetchone()[1])

        writer.commit([message(ALICE, BOB, "1"), message(ALICE, CAROL, "1.")])
        before = questions()
        writer.commit([message(ALICE, BOB, "2"), message(CAROL, ALICE, "3")])
        # as the server counts them: the three statements of the one question, and this
        assert questions() - before == 3 + 1
        writer.close()


def test_a_batch_leaves_nothing_for_the_garbage_collector(writer: LogWriter) -> None:
    """What waited for it would be collected all at once, and everybody would wait for that."""
    writer.commit([message(ALICE, BOB, "1")])
    gc.collect()
    gc.disable()
    try:
        writer.commit([message(ALICE, BOB, "2"), receipt(BOB, ALICE, read=1)])
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_a_conversation_made_between_looking_and_making(
    mariadb: MariaDB, mariadb_url: str, end: str
) -> None:
    """Another process has made it and not committed yet: the unique key makes this one wait."""
    for db in prepared(mariadb_url):
        db.close()
        with (
            closing(mariadb.connect(mariadb_url)) as elsewhere,
            elsewhere.cursor() as cursor,
            ThreadPoolExecutor(1) as pool,
        ):
            cursor.execute("BEGIN")
            cursor.execute("INSERT INTO conversation VALUES (77, '1:2', 0, 0, 0, 0)")
            cursor.execute(f"INSERT INTO participant ({PARTICIPANT_COLUMNS}) VALUES {PAIR}")
            with closing(LogWriter(db)) as writer:
                outcomes = pool.submit(writer.commit, [message(ALICE, BOB, "1")])
                wait_for_a_lock(mariadb)
                cursor.execute(end)
                assert seqs(outcomes.result(DEADLINE)) == [(1, False)]
                pool.submit(writer.close).result(DEADLINE)  # the connection is that thread's
        found = read_rows(mariadb_url, "SELECT id = 77, last_seq FROM conversation")
        assert found == [(int(end == "COMMIT"), 1)]
        assert count(mariadb_url, "participant") == 2


def wait_for_a_lock(mariadb: MariaDB) -> None:
    """Until somebody waits for a row that somebody else holds."""
    query = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"
    deadline = time.monotonic() + DEADLINE
    with closing(mariadb.connect()) as connection, connection.cursor() as cursor:
        waiting = 0
        while not waiting:
            assert time.monotonic() < deadline, "nobody waits"
            cursor.execute(query)
            row = cursor.fetchone()
            waiting = int(row[1]) if row else 0


def test_time_never_goes_back_within_a_conversation(db: Database, database_url: str) -> None:
    times = iter([5000, 3000, 9000])
    writer = LogWriter(db, clock=lambda: next(times))
    stored = [writer.commit([message(ALICE, BOB, f"{n}")])[0] for n in range(3)]
    assert [one.time for one in stored if isinstance(one, Stored)] == [5000, 5000, 9000]
    writer.close()


def test_the_largest_batch_fits(writer: LogWriter, database_url: str) -> None:
    """256 messages of 8192 four-byte characters: 8 MiB in one transaction."""
    batch = [
        message(*((ALICE, BOB) if number % 2 else (BOB, CAROL)), f"{number:064}", LONGEST)
        for number in range(256)
    ]
    outcomes = writer.commit(batch)
    assert sorted(seq for seq, _ in seqs(outcomes)) == sorted([*range(1, 129)] * 2)
    sizes = read_rows(database_url, "SELECT DISTINCT LENGTH(content) FROM chatlog")
    assert sizes in ([(8192,)], [(4 * 8192,)])  # SQLite counts characters, MariaDB bytes
    texts = read_rows(database_url, "SELECT DISTINCT content FROM chatlog")
    assert texts == [(LONGEST,)]
    assert count(database_url, "chatlog") == 256
    assert seqs(writer.commit(batch[:1])) == [(1, True)]


def test_receipts_and_messages_in_one_batch(writer: LogWriter) -> None:
    writer.commit([message(ALICE, BOB, f"{number}") for number in range(5)])
    outcomes = writer.commit(
        [
            message(ALICE, BOB, "5"),
            receipt(BOB, ALICE, read=99),
            receipt(ALICE, BOB, read=2),
            receipt(CAROL, ALICE, read=1),
        ]
    )
    assert seqs(outcomes[:1]) == [(6, False)]
    assert outcomes[1] == Moved(6, 6, read_moved=True, delivered_moved=True)
    assert isinstance(outcomes[2], Moved)
    assert outcomes[2].read >= 5
    assert codes(outcomes[3:]) == [Errorcode.NOT_FOUND]


def test_receipts_only_move_forward(writer: LogWriter, database_url: str) -> None:
    writer.commit([message(ALICE, BOB, f"{number}") for number in range(5)])
    steps = [(0, 3), (2, 0), (1, 1), (9, 0), (0, 2)]
    moved = [writer.commit([receipt(BOB, ALICE, read, delivered)])[0] for read, delivered in steps]
    assert moved == [
        Moved(0, 3, read_moved=False, delivered_moved=True),
        Moved(2, 3, read_moved=True, delivered_moved=False),
        Moved(2, 3, read_moved=False, delivered_moved=False),
        Moved(5, 5, read_moved=True, delivered_moved=True),
        Moved(5, 5, read_moved=False, delivered_moved=False),
    ]
    query = f"SELECT delivered_seq, read_seq FROM participant WHERE user_id = {BOB}"
    assert read_rows(database_url, query) == [(5, 5)]


def test_a_batch_of_nothing_new_is_no_error(writer: LogWriter) -> None:
    batch = [message(ALICE, BOB, f"{number}") for number in range(3)]
    writer.commit(batch)
    assert seqs(writer.commit(batch)) == [(1, True), (2, True), (3, True)]
    assert writer.commit([]) == []


def test_an_older_state_gets_a_new_epoch(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    """Somebody restored a backup: what was acknowledged since is gone, and clients must know."""
    writer.commit([message(ALICE, BOB, f"{number}") for number in range(5)])
    writer.close()
    with db.connection_context():
        epoch = read_epoch()
    change(database_url, "DELETE FROM chatlog WHERE seq > 2")
    change(database_url, "UPDATE conversation SET last_seq = 2, low_seq = 2")
    with pytest.raises(TryAgain):
        writer.commit([message(ALICE, BOB, "new")])
    writer.close()
    with db.connection_context():
        replaced = read_epoch()
    assert replaced != epoch
    assert seqs(writer.commit([message(ALICE, BOB, "new")])) == [(3, False)]
    writer.close()
    with db.connection_context():
        assert read_epoch() == replaced, "once is enough"


def test_a_storage_without_the_conversation_gets_a_new_epoch(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    writer.commit([message(ALICE, BOB, "1")])
    writer.close()
    with db.connection_context():
        epoch = read_epoch()
    for table in ("chatlog", "participant", "conversation"):
        change(database_url, f"DELETE FROM {table}")
    with pytest.raises(TryAgain):
        writer.commit([message(ALICE, BOB, "2")])
    assert seqs(writer.commit([message(ALICE, BOB, "2")])) == [(1, False)]
    writer.close()
    with db.connection_context():
        assert read_epoch() != epoch


def test_a_commit_of_unknown_fate_is_no_repeat_when_it_is_run_again(mariadb_url: str) -> None:
    """The database has committed, the line broke: nobody was told, so the rerun must deliver."""
    for _ in prepared(mariadb_url):
        pass
    with LossyLine(mariadb_url) as line:
        writer = LogWriter(base.connect(line.url))
        assert seqs(writer.commit([message(ALICE, BOB, "0")])) == [(1, False)]
        batch: list[Message | Receipt] = [message(ALICE, BOB, "1"), receipt(BOB, ALICE, read=2)]
        line.armed = True
        with pytest.raises(TryAgain):
            writer.commit(batch)
        assert line.broken == 1
        assert [row[2] for row in log_of(mariadb_url)] == ["0", "1"], "it was committed"
        outcomes = writer.commit(batch)
        assert seqs(outcomes[:1]) == [(2, False)]
        # told already, and so not news to anybody who asks again
        assert seqs(writer.commit(batch[:1])) == [(2, True)]
        assert [row[0] for row in log_of(mariadb_url)] == [1, 2]
        writer.close()


def test_a_lost_connection_before_the_commit_stores_nothing(mariadb_url: str) -> None:
    for db in prepared(mariadb_url):
        writer = LogWriter(db)
        assert seqs(writer.commit([message(ALICE, BOB, "0")])) == [(1, False)]
        (connection,) = db.execute_sql("SELECT CONNECTION_ID()").fetchone()
        change(mariadb_url, f"KILL {connection}")
        with pytest.raises(TryAgain):
            writer.commit([message(ALICE, BOB, "1")])
        assert [row[2] for row in log_of(mariadb_url)] == ["0"]
        assert seqs(writer.commit([message(ALICE, BOB, "1")])) == [(2, False)]
        writer.close()


def test_many_people_at_once(writer: LogWriter, database_url: str) -> None:
    """More conversations in one batch than one was prepared for, in any order of their ids."""
    rows = ", ".join(
        f"({number}, 'u{number}', 'u{number}', 'guest', 'u', 'u', '', 'en', 0, 0, 0)"
        for number in range(10, 110)
    )
    change(
        database_url,
        "INSERT INTO user (id, username, name_key, kind, nickname, nickname_key, avatar,"
        f" locale, created, last_seen, revoked_before) VALUES {rows}",
    )
    pairs = [(one, 119 - one) for one in range(10, 110) if one != 119 - one]
    outcomes = writer.commit([message(one, two, "c") for one, two in pairs])
    assert sorted(seqs(outcomes)) == [(1, False)] * 50 + [(2, False)] * 50
    assert count(database_url, "conversation") == 50
