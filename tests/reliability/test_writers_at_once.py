"""Several writers on one database, as several processes have, in the same few conversations.

Each remembers where conversations ended and is wrong about it all the time; on MariaDB their
connections are killed in the middle as well. Whatever they were told must be what is stored.
"""

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any

import pymysql
import pytest
from peewee import Database

from app.messaging.errors import TryAgain
from app.messaging.items import Message, Outcome, Receipt, Stored
from models.base import is_sqlite
from models.log_writer import LogWriter
from models.user import User
from tests.batches import message, prepared, receipt
from tests.oracle import read_rows
from tests.services.mariadb import MariaDB

WRITERS, PEOPLE = 3, range(1, 9)
SHORT, LONG = 300, 5000  # batches of each writer
REPEATS, RECEIPTS = 0.1, 0.3
PATIENCE = 30.0
LOG = "SELECT conversation_id, seq, me, other, client_id, time FROM chatlog ORDER BY 1, 2"
ENDS = "SELECT id, last_seq, last_time, low_seq, high_seq FROM conversation"
FAR = (
    "SELECT COUNT(*) FROM participant p JOIN conversation c ON c.id = p.conversation_id"
    " WHERE p.read_seq > c.last_seq OR p.delivered_seq > c.last_seq OR p.read_seq > p.delivered_seq"
)

Place = tuple[int, int, int]  # seq, other, time
Told = dict[tuple[int, str], Place]


@pytest.fixture
def people(database_url: str) -> Iterator[Database]:
    """Eight of them, and no connection in this thread."""
    for db in prepared(database_url):
        with db.connection_context():
            User.insert_many(
                {
                    "id": number,
                    "username": f"user {number}",
                    "name_key": b"user %d" % number,
                    "kind": "guest",
                    "nickname": "x",
                    "nickname_key": b"x",
                    "created": 0,
                }
                for number in PEOPLE[3:]
            ).execute()
        yield db


class Writing:
    """One writer's random batches, and what it was told of them."""

    def __init__(self, db: Database, number: int) -> None:
        self.db = db
        self.number = number
        self.random = random.Random(number)
        self.sent: list[Message] = []
        self.told: Told = {}

    def run(self, batches: int) -> Told:
        with closing(LogWriter(self.db)) as writer:
            for _ in range(batches):
                batch = [self._item() for _ in range(self.random.randint(1, 12))]
                for item, outcome in zip(batch, self._commit(writer, batch), strict=True):
                    if isinstance(item, Message):
                        self._note(item, outcome)
        return self.told

    def _item(self) -> Message | Receipt:
        one, two = self.random.sample(PEOPLE, 2)
        kind = self.random.random()
        if kind < REPEATS and self.sent:
            return self.random.choice(self.sent[-50:])
        if kind < RECEIPTS:
            return receipt(one, two, self.random.randint(0, 500), self.random.randint(0, 500))
        self.sent.append(message(one, two, f"{self.number}-{len(self.sent)}", "it's \\ %s"))
        return self.sent[-1]

    def _commit(self, writer: LogWriter, batch: list[Message | Receipt]) -> list[Outcome]:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return writer.commit(batch)
            except TryAgain:
                assert time.monotonic() < deadline, "never"

    def _note(self, item: Message, outcome: Outcome) -> None:
        assert isinstance(outcome, Stored), outcome
        identity = (item.sender.user_id, item.client_id)
        place = (outcome.seq, outcome.other, outcome.time)
        assert self.told.setdefault(identity, place) == place, identity


def kill_until(done: list[Future[Told]], mariadb: MariaDB, url: str) -> int:
    """Ends connections and statements of the database, whichever there are; how many."""
    chance, killed = random.Random(0), 0
    query = "SELECT id FROM information_schema.processlist WHERE db = %s"
    with closing(mariadb.connect()) as operator, operator.cursor() as cursor:
        while not all(one.done() for one in done):
            cursor.execute(query, (url.rsplit("/", 1)[1],))
            found: list[Any] = list(cursor.fetchall())
            for (connection,) in chance.sample(found, min(1, len(found))):
                with suppress(pymysql.MySQLError):  # it has gone
                    how = chance.choice(["KILL", "KILL QUERY", "KILL HARD"])
                    cursor.execute(f"{how} {connection}")
                    killed += 1
            cursor.execute("DO SLEEP(%s)", (chance.uniform(0.005, 0.08),))
    return killed


def check(url: str, told: Told) -> None:
    """Dense seqs, time never back, each message once and where its sender was told."""
    ends: dict[int, Place] = {}
    own: dict[int, list[int]] = {}
    stored: Told = {}
    for conversation, seq, me, other, client_id, at in read_rows(url, LOG):
        last, _, time_before = ends.get(conversation, (0, 0, 0))
        assert (seq, at >= time_before) == (last + 1, True), (conversation, seq)
        ends[conversation] = (seq, 0, at)
        own.setdefault(conversation, [0, 0])[me > other] = seq
        stored[(me, bytes(client_id).decode())] = (seq, other, at)
    assert stored == told
    for conversation, seq, at, low, high in read_rows(url, ENDS):
        assert (seq, 0, at) == ends[conversation]
        assert [low, high] == own[conversation]
    assert read_rows(url, FAR) == [(0,)]


def run(db: Database, url: str, batches: int, mariadb: MariaDB | None) -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        done = [pool.submit(Writing(db, number).run, batches) for number in range(WRITERS)]
        killed = kill_until(done, mariadb, url) if mariadb is not None else 0
        told = {key: place for one in done for key, place in one.result().items()}
    print(f"{len(told)} messages by {WRITERS} writers, {killed} kills")
    check(url, told)


def test_they_agree(people: Database, database_url: str) -> None:
    run(people, database_url, SHORT, None)


def test_they_agree_through_kills(
    people: Database, database_url: str, request: pytest.FixtureRequest
) -> None:
    if not is_sqlite(people):
        run(people, database_url, SHORT, request.getfixturevalue("mariadb"))


@pytest.mark.reliability
def test_they_agree_for_long(
    people: Database, database_url: str, request: pytest.FixtureRequest
) -> None:
    mariadb = None if is_sqlite(people) else request.getfixturevalue("mariadb")
    run(people, database_url, LONG, mariadb)
