"""The oracle catches what it is there to catch: each fault is made by hand, once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.oracle import Oracle, Shown

ALICE, BOB = 1, 2
ROOM = 7
# No keys and no unique index, so that every kind of damage can be written.
TABLES = """
CREATE TABLE conversation (id INTEGER, last_seq INTEGER);
CREATE TABLE chatlog (conversation_id INTEGER, seq INTEGER, me INTEGER, other INTEGER,
                      client_id BLOB, content TEXT);
INSERT INTO conversation VALUES (1, 3);
INSERT INTO chatlog VALUES (1, 1, 1, 2, x'6131', 'hi'), (1, 2, 2, 1, x'6231', 'hello 😀'),
                           (1, 3, 1, 2, x'6132', 'bye ');
"""
SCREEN = [Shown(1, ALICE, "hi"), Shown(2, BOB, "hello 😀"), Shown(3, ALICE, "bye ")]

IN_ROOM = [Shown(1, ALICE, "all"), Shown(2, BOB, "yes")]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Three messages between two people, as they should be stored."""
    with closing(sqlite3.connect(tmp_path / "said.db", isolation_level=None)) as connection:
        connection.executescript(TABLES)
        yield connection


@pytest.fixture
def url(tmp_path: Path, database: sqlite3.Connection) -> str:
    """That database, named as Parley names it."""
    return f"sqlite:///{tmp_path / 'said.db'}"


@pytest.fixture
def oracle() -> Oracle:
    """The logs of the clients who had this conversation."""
    logs = Oracle()
    said = ((ALICE, "a1", BOB, "hi"), (BOB, "b1", ALICE, "hello 😀"), (ALICE, "a2", BOB, "bye "))
    for seq, (sender, client_id, receiver, content) in enumerate(said, start=1):
        logs.sent(sender, client_id, receiver, content)
        logs.acked(sender, client_id, receiver, seq)
    logs.saw(ALICE, BOB, SCREEN)
    logs.saw(BOB, ALICE, SCREEN)
    return logs


@pytest.fixture
def room(oracle: Oracle, database: sqlite3.Connection) -> Oracle:
    """The same, with a room in which both said something."""
    database.executescript(
        f"""
        INSERT INTO conversation VALUES ({ROOM}, 2);
        INSERT INTO chatlog VALUES ({ROOM}, 1, 1, -{ROOM}, x'6133', 'all'),
                                   ({ROOM}, 2, 2, -{ROOM}, x'6232', 'yes');
        """
    )
    for seq, (sender, client_id, content) in enumerate(
        ((ALICE, "a3", "all"), (BOB, "b2", "yes")), start=1
    ):
        oracle.sent(sender, client_id, -ROOM, content)
        oracle.acked(sender, client_id, -ROOM, seq)
    oracle.saw_in_room(ALICE, ROOM, IN_ROOM, to_the_end=True)
    oracle.saw_in_room(BOB, ROOM, IN_ROOM[1:], to_the_end=True)  # who came late
    oracle.saw_in_room(BOB, ROOM, IN_ROOM[:1])  # who left early
    return oracle


def kinds(oracle: Oracle, url: str) -> set[str]:
    """The kinds of fault that the oracle finds."""
    return {fault.kind for fault in oracle.check(url)}


def test_a_sound_conversation_has_no_fault(oracle: Oracle, url: str) -> None:
    oracle.assert_holds(url)


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("DELETE FROM chatlog WHERE seq = 3", "lost"),
        ("DELETE FROM chatlog WHERE seq = 2", "gap"),
        ("UPDATE chatlog SET seq = 4 WHERE seq = 3", "moved"),
        ("INSERT INTO chatlog VALUES (1, 4, 1, 2, x'6131', 'hi')", "repeated"),
        ("INSERT INTO chatlog VALUES (1, 4, 1, 2, x'6133', 'boo')", "phantom"),
        ("UPDATE chatlog SET content = 'bye' WHERE seq = 3", "phantom"),
        ("UPDATE chatlog SET other = 3 WHERE seq = 3", "phantom"),
        ("UPDATE chatlog SET client_id = x'6139' WHERE seq = 3", "lost"),
        ("UPDATE chatlog SET seq = 4 - seq WHERE seq <> 2", "screen"),
        ("UPDATE conversation SET last_seq = 9", "head"),
        ("DELETE FROM conversation", "head"),
    ],
)
def test_damage_in_the_database_is_caught(
    oracle: Oracle, url: str, database: sqlite3.Connection, damage: str, kind: str
) -> None:
    database.execute(damage)
    assert kind in kinds(oracle, url)


@pytest.mark.parametrize(
    "screen",
    [SCREEN[:2], SCREEN[1:], [SCREEN[1], SCREEN[0], SCREEN[2]], [*SCREEN, SCREEN[2]], []],
    ids=["last missing", "first missing", "reordered", "shown twice", "empty"],
)
def test_a_wrong_screen_is_caught(oracle: Oracle, url: str, screen: list[Shown]) -> None:
    oracle.saw(BOB, ALICE, screen)
    assert kinds(oracle, url) == {"screen"}


def test_a_message_that_was_sent_but_never_acknowledged_may_be_stored_or_not(
    oracle: Oracle, url: str, database: sqlite3.Connection
) -> None:
    oracle.sent(ALICE, "a3", BOB, "in doubt")
    assert kinds(oracle, url) == set()
    database.execute("INSERT INTO chatlog VALUES (1, 4, 1, 2, x'6133', 'in doubt')")
    database.execute("UPDATE conversation SET last_seq = 4")
    assert kinds(oracle, url) == {"screen"}  # stored, so it must be shown too


def test_the_failure_tells_the_story(
    oracle: Oracle, url: str, database: sqlite3.Connection
) -> None:
    database.execute("DELETE FROM chatlog WHERE seq = 3")
    with pytest.raises(AssertionError, match=r"lost: .*a2"):
        oracle.assert_holds(url)


def test_a_sound_room_has_no_fault(room: Oracle, url: str) -> None:
    room.assert_holds(url)


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("DELETE FROM chatlog WHERE client_id = x'6232'", "lost"),
        ("UPDATE chatlog SET other = -8 WHERE client_id = x'6232'", "astray"),
        ("UPDATE chatlog SET conversation_id = 1, seq = 4 WHERE client_id = x'6232'", "astray"),
        (f"UPDATE chatlog SET seq = 3 - seq WHERE conversation_id = {ROOM}", "stay"),
    ],
)
def test_damage_in_a_room_is_caught(
    room: Oracle, url: str, database: sqlite3.Connection, damage: str, kind: str
) -> None:
    database.execute(damage)
    assert kind in kinds(room, url)


@pytest.mark.parametrize(
    ("shown", "to_the_end"),
    [
        (IN_ROOM[::-1], False),
        ([IN_ROOM[0], IN_ROOM[0]], False),
        ([*IN_ROOM, Shown(3, BOB, "no")], False),
        ([Shown(1, BOB, "all")], False),
        (IN_ROOM[:1], True),
        ([], True),
    ],
    ids=["reordered", "shown twice", "not stored", "another's", "last missing", "nothing"],
)
def test_a_wrong_stay_is_caught(
    room: Oracle, url: str, shown: list[Shown], to_the_end: bool
) -> None:
    room.saw_in_room(BOB, ROOM, shown, to_the_end=to_the_end)
    assert kinds(room, url) == {"stay"}


def test_a_gap_in_a_stay_is_caught(room: Oracle, url: str, database: sqlite3.Connection) -> None:
    room.sent(BOB, "b3", -ROOM, "well")
    database.execute(f"INSERT INTO chatlog VALUES ({ROOM}, 3, 2, -{ROOM}, x'6233', 'well')")
    database.execute(f"UPDATE conversation SET last_seq = 3 WHERE id = {ROOM}")
    assert kinds(room, url) == {"stay"}  # two were there to the end, and did not see it
    room.stays.clear()
    room.saw_in_room(BOB, ROOM, [IN_ROOM[0], Shown(3, BOB, "well")])
    assert kinds(room, url) == {"stay"}
