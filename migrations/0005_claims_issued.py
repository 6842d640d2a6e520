"""Of a host's member is kept how old the token was whose name and picture were taken last.

An older one, of a tab that stayed open, changes nothing any more.
"""

from typing import Any

from peewee import MySQLDatabase

COLUMN = "claims_issued"
ADD = "ALTER TABLE user ADD COLUMN {} {} NOT NULL DEFAULT 0"


def is_there(db: Any) -> bool:
    return COLUMN in {column.name for column in db.get_columns("user")}


def up(migrator: Any, db: Any) -> None:
    # nobody knows it of those who are there: 0, so that any token is a later one
    if is_there(db):  # where an interrupted change of the schema cannot be undone
        return
    is_mysql = isinstance(getattr(db, "obj", db), MySQLDatabase)
    db.execute_sql(ADD.format(COLUMN, "BIGINT" if is_mysql else "INTEGER"))


def down(migrator: Any, db: Any) -> None:
    if is_there(db):
        migrator.migrate(migrator.drop_column("user", COLUMN))
