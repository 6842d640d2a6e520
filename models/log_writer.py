"""Commits batches for the writer: one transaction each, and what its errors mean."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from peewee import Database

from app.messaging.errors import Partly, StorageFull
from app.messaging.items import Message, Outcome, Receipt
from models.base import IO_TIMEOUT, is_sqlite, now_ms, several_statements
from models.checkpoints import OWN_CHECKPOINT, Checkpoints
from models.failures import classify, is_away, is_duplicate, is_lock_timeout, is_outdated
from models.log_batch import BatchSteps, ask_by
from models.log_conversations import Ask, StorageReplaced
from models.log_held import Held, joined
from models.log_memory import Memory
from models.log_sql import LogSql
from models.log_writes import commit_mysql, commit_sqlite
from models.storage import read_epoch, replace_epoch
from models.turns import take_turn

log = logging.getLogger("parley.storage")

# seconds a transaction may wait for another process's lock before it is looked who is in the way;
# all others wait as long, once
LOCK_WAIT = 1
# seconds of silence after which the server takes back the connection, and the locks, of a writer
# that was stopped in the middle of a transaction; one that is only idle calls rest() more often
WRITER_REST = 5
# Texts come in UTF-8 and go into columns that have it: told that they are bytes, MySQL looks at
# them once, for the column. As text it would convert each of them for the name of the value, too,
# which nobody reads. And how long its answers are is known in English (log_writes.py).
OWN_LIMITS = (
    f"SET SESSION innodb_lock_wait_timeout = {LOCK_WAIT}, wait_timeout = {WRITER_REST},"
    " autocommit = 0, character_set_client = binary, character_set_connection = binary,"
    " lc_messages = 'en_US'"
)
# version of SQLite's file, as PRAGMA data_version has it, of a connection that has not asked yet
UNKNOWN = -1


class LogWriter:
    """`commit(batch)` for the writer, which is the only one that may call it, where it runs."""

    def __init__(self, db: Database, clock: Callable[[], int] = now_ms) -> None:
        self._db = db
        self._clock = clock
        self._is_sqlite = is_sqlite(db)
        self._version = UNKNOWN
        self._checkpoints = Checkpoints(db) if self._is_sqlite else None
        self._commit_writes = commit_sqlite if self._is_sqlite else commit_mysql
        self._sql = LogSql(self._is_sqlite)
        self._memory = Memory()
        self._held = Held(self._sql)
        self._epoch = ""  # of what is remembered
        self._epochs_before: set[str] = set()

    def commit(self, batch: Sequence[Message | Receipt]) -> list[Outcome]:
        """Stores the batch; one outcome per item. Raises TryAgain, BadBatch or StorageFull."""
        now = self._clock()
        try:
            return self._store(batch, now)
        except Partly:
            raise
        except Exception as error:
            meaning = classify(error)
            if is_away(error):
                self._disconnect()
            # SQLite: what it could not flush may count as committed when the file is opened anew
            if is_away(error) or isinstance(meaning, StorageFull):
                self._memory.doubt(batch, now)
            if meaning is error:
                raise
            raise meaning from error

    def _store(self, batch: Sequence[Message | Receipt], now: int) -> list[Outcome]:
        """Raises Partly where somebody else holds a conversation of the batch."""
        if not self._held:
            try:
                return self._store_all(batch, now)
            except Exception as error:
                if not is_lock_timeout(error) or not self._find_held(batch):
                    raise
        raise Partly(self._store_free(batch, now))

    def _store_free(self, batch: Sequence[Message | Receipt], now: int) -> list[Any]:
        free, waits = self._held.split(batch)
        try:
            stored: list[Any] = self._store_all(free, now) if free else []
        except Exception as error:  # another one is held since
            if not is_lock_timeout(error) or not self._find_held(free):
                raise
            stored = self._store_free(free, now)
        return joined(stored, waits)

    def _find_held(self, batch: Sequence[Message | Receipt]) -> bool:
        with self._asking() as ask:
            return self._held.find(ask, batch)

    @contextmanager
    def _asking(self) -> Iterator[Ask]:
        """Questions outside of a batch's transaction."""
        self._connect()
        cursor = self._db.cursor()
        try:
            yield ask_by(cursor, self._sql)
        finally:
            self._roll_back(cursor)

    def rest(self) -> Sequence[Hashable]:
        """Keeps an idle connection; which of the conversations that were held are free again."""
        try:
            if self._held:
                with self._asking() as ask:
                    return self._held.freed(ask)
            if not self._is_sqlite and not self._db.is_closed():
                self._db.connection().ping(reconnect=False)
        except Exception as error:
            log.debug("at rest: %s", error)
            self._disconnect()
        return ()

    def _store_all(self, batch: Sequence[Message | Receipt], now: int) -> list[Outcome]:
        """As if nothing were amiss; what turns out to be is rare, and only then looked for."""
        trusting, look_for_repeats = True, False
        while True:
            try:
                return self._transaction(batch, now, look_for_repeats, trusting)
            except Exception as error:
                if is_outdated(error) and trusting:
                    trusting = False  # another process has written to one of the conversations
                elif is_duplicate(error) and not look_for_repeats:
                    # a client_id of this batch is in the log already (or a conversation was just
                    # made by another process)
                    trusting, look_for_repeats = False, True
                else:
                    raise

    def close(self) -> None:
        """Where commits run; one after it connects anew."""
        if self._checkpoints is not None:
            self._checkpoints.finish()
        self._disconnect()

    # -- one transaction ----------------------------------------------------------------------

    def _transaction(
        self, batch: Sequence[Message | Receipt], now: int, look_for_repeats: bool, trusting: bool
    ) -> list[Outcome]:
        self._connect()
        cursor = self._db.cursor()
        try:
            self._begin(cursor)
            step = BatchSteps(cursor, self._sql, self._memory, now, trusting=trusting)
            outcomes = step.run(batch, look_for_repeats)
            self._commit_writes(cursor, step.writes)
        except Exception as error:
            self._roll_back(cursor)
            if isinstance(error, StorageReplaced):
                self._start_epoch()
            raise
        self._memory.keep(step.conversations.made, step.ends)
        self._memory.settle(batch, but=step.elsewhere)
        if self._checkpoints is not None:
            self._checkpoints.committed()
        return outcomes

    def _begin(self, cursor: Any) -> None:
        """SQLite tells whether another connection has written since the last time. MySQL's
        transaction begins by itself (autocommit is off), and what is remembered is looked at
        again when it is written.
        """
        if not self._is_sqlite:
            return
        take_turn(cursor, IO_TIMEOUT)
        before = self._version
        self._version = cursor.execute("PRAGMA data_version").fetchone()[0]
        if self._version != before:
            self._memory.distrust()

    def _roll_back(self, cursor: Any) -> None:
        try:
            cursor.execute("ROLLBACK")
        except Exception as error:
            log.debug("rollback: %s", error)
            self._disconnect()

    def _start_epoch(self) -> None:
        """Once for all processes: where the epoch is new already only the memory is too old."""
        stored = read_epoch(self._db)
        if stored == self._epoch or stored in self._epochs_before:
            log.error("the storage holds less than was committed: an older state is in its place")
            stored = replace_epoch(stored, self._db)
        self._epochs_before.add(self._epoch)
        self._epoch = stored
        if not self._is_sqlite:  # there it is committed by itself
            self._db.execute_sql("COMMIT")
        self._memory.forget()

    def _connect(self) -> None:
        if not self._db.is_closed():
            return
        with several_statements():
            self._db.connect()
        self._version = UNKNOWN
        try:
            self._epoch = self._epoch or read_epoch(self._db)
            self._db.execute_sql(OWN_CHECKPOINT if self._is_sqlite else OWN_LIMITS)
        except Exception:
            self._disconnect()  # with autocommit on, no lock would outlive its statement
            raise

    def _disconnect(self) -> None:
        try:
            self._db.close()
        except Exception as error:
            log.debug("close: %s", error)
