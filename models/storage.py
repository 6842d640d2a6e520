"""One row about the storage itself: its epoch, which changes when an older state replaced it."""

from __future__ import annotations

import secrets

from peewee import CharField, Database, DatabaseError, IntegerField

from models.base import BaseModel, database, is_sqlite


class Storage(BaseModel):
    id = IntegerField(primary_key=True)
    epoch = CharField(max_length=32)


def read_epoch(db: Database = database) -> str:
    return str(Storage.select().where(Storage.id == 1).get(db).epoch)


def replace_epoch(before: str | None = None, db: Database = database) -> str:
    """To be called after a backup was restored: every client then drops what it holds.

    With the epoch `before`: unless somebody else has done it since; then theirs is the new one.
    """
    epoch = secrets.token_hex(8)
    found = (Storage.id == 1) if before is None else (Storage.epoch == before)
    if Storage.update(epoch=epoch).where(found).execute(db) or before is None:
        return epoch
    return read_epoch(db)


def check_integrity(db: Database) -> None:
    """Raises ValueError where SQLite's file is damaged: a log of before that was left beside a
    restored file is put over it, page by page.
    """
    if not is_sqlite(db):
        return
    try:
        with db.connection_context():
            found = str(db.execute_sql("PRAGMA integrity_check(1)").fetchone()[0])
    except DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise ValueError(
            f"the database is damaged ({found.splitlines()[0]}): remove the -wal and -shm beside"
            " its file, and restore that again"
        )
