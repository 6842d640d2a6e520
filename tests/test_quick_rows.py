"""Rows that are one value each, from MariaDB and from bytes."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from pymysql import err

from models import quick_rows
from models.base import MariaDatabase, make_database, several_statements
from models.quick_rows import LONGEST, Answer, ask, run
from tests.services.mariadb import MariaDB


@pytest.fixture
def db(mariadb: MariaDB) -> Iterator[Any]:
    found = make_database(mariadb.create_database())
    assert isinstance(found, MariaDatabase)
    with found.connection_context():
        yield found


@pytest.mark.parametrize("size", [0, 1, 250, 251, 65_535, 65_536, 200_000, 5_000_000])
def test_values_of_every_length(db: Any, size: int) -> None:
    rows = ask(db.connection(), f"SELECT REPEAT('x', {size}) UNION ALL SELECT 'after'")
    assert rows == [b"x" * size, b"after"]


def test_no_row_and_many(db: Any) -> None:
    assert ask(db.connection(), "SELECT 1 FROM DUAL WHERE 1 = 0") == []
    many = ask(db.connection(), "SELECT seq FROM seq_1_to_30000")
    assert many == [b"%d" % number for number in range(1, 30_001)]


def test_what_the_server_refuses_is_raised_and_the_connection_goes_on(db: Any) -> None:
    with pytest.raises(err.ProgrammingError) as refused:
        ask(db.connection(), "SELECT nonsense FROM nowhere")
    assert refused.value.args[0] == 1146
    assert ask(db.connection(), "SELECT 1") == [b"1"]
    assert db.execute_sql("SELECT 2").fetchone() == (2,)


@pytest.mark.parametrize("statement", ["SELECT NULL", "SELECT 1, 2", "DO 1"])
def test_what_is_no_value_ends_the_connection(db: Any, statement: str) -> None:
    with pytest.raises(err.OperationalError) as failed:
        ask(db.connection(), statement)
    assert failed.value.args[0] == 2013
    assert not db.connection().open


def test_what_stops_halfway_ends_the_connection(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of the answer is still to come: whoever asks next must not be given it."""

    def no_room(self: Answer) -> list[bytes]:
        raise MemoryError

    monkeypatch.setattr(Answer, "rows", no_room)
    with pytest.raises(MemoryError):
        ask(db.connection(), "SELECT 'words of' UNION ALL SELECT 'somebody'")
    assert not db.connection().open


def test_one_statement_only(db: Any) -> None:
    with pytest.raises(err.ProgrammingError):
        ask(db.connection(), "SELECT 1; SELECT 2")


def test_a_connection_that_was_ended_is_away(db: Any, mariadb: MariaDB) -> None:
    connection = db.connection()
    with mariadb.connect() as other, other.cursor() as cursor:
        cursor.execute(f"KILL {connection.thread_id()}")
    with pytest.raises(err.MySQLError) as failed:
        ask(connection, "SELECT 1")
    assert failed.value.args[0] in (1927, 2006, 2013)
    with pytest.raises(err.MySQLError):
        ask(connection, "SELECT 1")


# -- several statements --------------------------------------------------------------------------


@pytest.fixture
def several(mariadb: MariaDB) -> Iterator[Any]:
    found = make_database(mariadb.create_database())
    with several_statements():
        found.connect()
    run(found.connection(), ["CREATE TABLE word (id INT PRIMARY KEY, text LONGTEXT)"])
    yield found
    found.close()


def words(db: Any) -> list[bytes]:
    return ask(db.connection(), "SELECT text FROM word ORDER BY id")


def test_several_are_executed_in_order(several: Any) -> None:
    many = ",".join(f"({number},'w')" for number in range(10, 1000))
    long = "x" * 100_000
    run(
        several.connection(),
        [
            f"INSERT INTO word VALUES {many}",  # its number of rows is in more than one byte
            "DELETE FROM word",
            f"INSERT INTO word VALUES (1, '{long}')",
            "INSERT INTO word VALUES (2, 'two')",
            "UPDATE word SET text = 'zwei' WHERE id = 2",
        ],
    )
    assert words(several) == [long.encode(), b"zwei"]


def test_nothing_is_executed_after_one_that_fails(several: Any) -> None:
    one, three = "INSERT INTO word VALUES (1, 'one')", "INSERT INTO word VALUES (3, 'three')"
    with pytest.raises(err.IntegrityError) as failed:
        run(several.connection(), [one, one, three])
    assert failed.value.args[0] == 1062
    assert words(several) == [b"one"]


@pytest.mark.parametrize(
    "statements", [["DO 1", "SELECT 1"], ["DO 1; DO 1"], ["DO 1; DO 1", "DO 1"]]
)
def test_other_answers_than_were_expected_end_the_connection(
    several: Any, statements: list[str]
) -> None:
    with pytest.raises(err.OperationalError) as failed:
        run(several.connection(), statements)
    assert failed.value.args[0] == 2013
    assert not several.connection().open


def test_only_a_connection_that_may_takes_several(db: Any) -> None:
    with pytest.raises(err.ProgrammingError):
        run(db.connection(), ["DO 1", "DO 1"])
    run(db.connection(), ["DO 1"])


def test_several_that_are_stopped_halfway_end_the_connection(
    several: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(self: Answer, *, more: bool) -> None:
        raise MemoryError

    monkeypatch.setattr(Answer, "done", no_room)
    with pytest.raises(MemoryError):
        run(several.connection(), ["DO 1", "DO 1"])
    assert not several.connection().open


# -- from bytes ----------------------------------------------------------------------------------


class Line:
    """What an answer needs of a connection, with what the server says already in it."""

    def __init__(self, *packets: bytes, first: int = 1) -> None:
        said = b"".join(
            len(packet).to_bytes(3, "little") + bytes([(first + number) & 255]) + packet
            for number, packet in enumerate(packets)
        )
        self._rfile: Any = Trickle(said)
        self.closed = False

    def _force_close(self) -> None:
        self.closed = True


class Trickle(io.BytesIO):
    """Gives a few bytes at a time, so that every place is once an edge."""

    def read1(self, size: int | None = -1) -> bytes:
        return super().read1(7 if len(self.getbuffer()) < 1000 else size)


END = b"\xfe\x00\x00\x02\x00"


def test_what_comes_in_pieces() -> None:
    line = Line(b"\x03one", b"\xfc\x03\x00two", END)
    assert Answer(line).rows() == [b"one", b"two"]


def test_a_value_longer_than_a_packet() -> None:
    value = b"x" * (LONGEST + 10)
    row = b"\xfe" + len(value).to_bytes(8, "little") + value
    assert Answer(Line(row[:LONGEST], row[LONGEST:], END)).rows() == [value]


def test_more_packets_than_a_byte_counts() -> None:
    assert Answer(Line(*[b"\x01x"] * 600, END)).rows() == [b"x"] * 600


@pytest.mark.parametrize(
    "line",
    [
        Line(b"\x03one"),  # and then nothing
        Line(b"\x03one", END, first=2),  # one is missing
        Line(b"\x03one", END, END),  # more than was asked for
        Line(b"\xfb", END),
        Line(b"", END),
        Line(b"\x03four", END),  # longer than it says
        Line(b"\x05four", END),
    ],
    ids=["cut", "lost", "more", "null", "empty", "long", "short"],
)
def test_an_answer_that_is_none_ends_the_connection(line: Line) -> None:
    with pytest.raises(err.OperationalError) as failed:
        Answer(line).rows()
    assert failed.value.args[0] == 2013
    assert line.closed


def wide(number: int, width: int) -> bytes:
    sizes = {1: b"", 2: b"\xfc", 3: b"\xfd", 8: b"\xfe"}
    return sizes[width] + number.to_bytes(width, "little")


def ok(more: bool, rows: bytes = b"\x00", newest: bytes = b"\x00", text: bytes = b"") -> bytes:
    """A server's, in a transaction (status 1), with a warning."""
    return b"\x00" + rows + newest + bytes([9 if more else 1, 0, 1, 0]) + text


@pytest.mark.parametrize("width", [1, 2, 3, 8])
def test_an_ok_with_numbers_of_every_width(width: int) -> None:
    line = Line(
        ok(True, wide(9, width), wide(5, 1)),
        ok(True, wide(9, 1), wide(5, width), b"Records: 9  Duplicates: 0"),
        ok(False, wide(9, width), wide(5, width)),
    )
    answer = Answer(line)
    for more in (True, True, False):
        answer.done(more=more)
    assert not line.closed


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize(
    "packet",
    [
        b"\x00",
        b"\x00\x00\x00",
        ok(False)[:-1],
        b"\x00\xfe\x00",
        b"\x00\x00\xfd\x00",
        b"\x02ab",
        END,
    ],
    ids=["no more", "no status", "cut", "cut rows", "cut id", "a row", "an end"],
)
def test_what_is_no_ok_ends_the_connection(packet: bytes, more: bool) -> None:
    line = Line(packet)
    with pytest.raises(err.OperationalError) as failed:
        Answer(line).done(more=more)
    assert failed.value.args[0] == 2013
    assert line.closed


@pytest.mark.parametrize("more", [True, False])
def test_as_many_answers_as_statements(more: bool) -> None:
    line = Line(ok(not more), ok(False))
    with pytest.raises(err.OperationalError):
        Answer(line).done(more=more)
    assert line.closed


def test_what_was_done_before_the_server_went_away_is_done() -> None:
    """It says unasked that it goes, behind the answer."""
    line = Line(ok(False), b"\xff\x1d\x04#08S01shutdown")
    line._rfile = io.BytesIO(line._rfile.getvalue())
    Answer(line).done(more=False)
    assert line.closed, "but nothing more is asked here"


def test_the_names_that_are_private_to_pymysql(db: Any) -> None:
    connection = db.connection()
    for name in ("_execute_command", "_force_close", "_rfile", "_sock"):
        assert hasattr(connection, name), name
    assert hasattr(connection._rfile, "read1")
    assert quick_rows.CHUNK > quick_rows.HEADER
