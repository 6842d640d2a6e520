"""How far each of a pair has written stands with the conversation itself.

It moves with every message, as the conversation's own end does: one row is written instead of two.
"""

from typing import Any

from peewee import MySQLDatabase

COLUMNS = ("low_seq", "high_seq")
ADD = "ALTER TABLE conversation ADD COLUMN {} {} NOT NULL DEFAULT 0"
OWN = (
    "(SELECT CASE WHEN participant.user_id < participant.other_id THEN c.low_seq"
    " ELSE c.high_seq END FROM conversation c WHERE c.id = participant.conversation_id)"
)
BACK = (
    "UPDATE participant SET delivered_seq = {bigger}(delivered_seq, {own}),"
    " read_seq = {bigger}(read_seq, {own}) WHERE other_id IS NOT NULL"
)


def is_mysql(db: Any) -> bool:
    return isinstance(getattr(db, "obj", db), MySQLDatabase)


def up(migrator: Any, db: Any) -> None:
    # no row is written anew: how far people have written until now, their positions say
    there = {column.name for column in db.get_columns("conversation")}
    for column in COLUMNS:
        if column not in there:  # where an interrupted change of the schema cannot be undone
            db.execute_sql(ADD.format(column, "BIGINT" if is_mysql(db) else "INTEGER"))


def down(migrator: Any, db: Any) -> None:
    """Who has written has read and been given it; before, that stood with the participants."""
    there = [column.name for column in db.get_columns("conversation") if column.name in COLUMNS]
    if len(there) == len(COLUMNS):  # otherwise it is done: it was interrupted behind it
        bigger = "GREATEST" if is_mysql(db) else "MAX"
        db.execute_sql(BACK.format(bigger=bigger, own=OWN))
    for column in there:
        migrator.migrate(migrator.drop_column("conversation", column))
