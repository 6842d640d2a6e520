"""SQLite: what was committed goes from the write-ahead log into the file, in a thread of its own.

SQLite would do it inside the commit that fills the log up, and everybody's messages would wait for
that one: some milliseconds, on a slow disk many. A passive checkpoint makes nobody wait
(https://www.sqlite.org/wal.html#ckpt).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from peewee import Database

log = logging.getLogger("parley.storage")

# commits that are worth the trouble
WORTH = 16
# seconds between two checkpoints while much is written
REST = 0.05
# Pages after which a commit does it itself all the same (SQLite's default is 1,000). Only then does
# the log begin anew where it is never at rest, so this bounds its size: 16 MiB and what one
# checkpoint takes.
OWN_CHECKPOINT = "PRAGMA wal_autocheckpoint = 4000"


class Checkpoints:
    """The thread lives as long as there is something to do."""

    def __init__(self, db: Database, sleep: Callable[[float], None] = time.sleep) -> None:
        self._db = db
        self._sleep = sleep
        self._lock = threading.Lock()
        self._commits = 0
        self._running = False
        self._thread: threading.Thread | None = None

    def committed(self) -> None:
        """To be called after each commit. Raises nothing: what was committed stays committed."""
        with self._lock:
            self._commits += 1
            if self._running or self._commits < WORTH:
                return
            self._running = True
        try:
            thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
            thread.start()
            self._thread = thread
        except RuntimeError as error:
            self._give_up(error)

    def finish(self) -> None:
        """Waits until nothing is left to do, where nobody commits any more."""
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            with self._db.connection_context():
                while self._goes_on():
                    self._db.execute_sql("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
                    self._sleep(REST)
        except Exception as error:
            self._give_up(error)

    def _goes_on(self) -> bool:
        with self._lock:
            self._running = self._commits > 0
            self._commits = 0
            return self._running

    def _give_up(self, error: Exception) -> None:
        """Until so many have come again. If nothing can be stored, others say so."""
        log.debug("no checkpoint: %s", error)
        with self._lock:
            self._running, self._commits = False, 0
