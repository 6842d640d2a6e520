"""Rooms: conversations of many, and how their participants stand in them.

Frozen copies: this file never changes once it has been released, whatever models/ becomes. Where
the database cannot undo a change of its schema, a step that was interrupted is taken up where it
ended.
"""

from typing import Any

from peewee import (
    BigAutoField,
    BigIntegerField,
    CharField,
    ForeignKeyField,
    Model,
    MySQLDatabase,
)

COLUMNS = {"standing": "INTEGER NOT NULL DEFAULT 0", "address": "VARCHAR(45) NOT NULL DEFAULT ''"}


def room(db: Any) -> Any:
    settings: list[str] = []
    if isinstance(getattr(db, "obj", db), MySQLDatabase):
        settings = ["ENGINE=InnoDB", "DEFAULT CHARACTER SET utf8mb4", "COLLATE utf8mb4_bin"]

    class Base(Model):
        class Meta:
            database = db

    class User(Base):
        id = BigAutoField()

    class Conversation(Base):
        id = BigAutoField()

    class Room(Base):
        conversation = ForeignKeyField(Conversation, primary_key=True)
        name = CharField(max_length=64)
        owner = ForeignKeyField(User, null=True)
        created = BigIntegerField()

        class Meta:
            table_settings = settings

    return Room


def columns(db: Any) -> set[str]:
    return {column.name for column in db.get_columns("participant")}


def up(migrator: Any, db: Any) -> None:
    # the defaults stand in the schema: the message path names neither column, and no row is
    # written anew
    there = columns(db)
    for name, kind in COLUMNS.items():
        if name not in there:
            db.execute_sql(f"ALTER TABLE participant ADD COLUMN {name} {kind}")
    made = room(db)
    if not made.table_exists():
        made._schema.create_table()
    indexed = {index.name for index in db.get_indexes("room")}
    for index in made._meta.fields_to_index():
        if index._name not in indexed:
            db.execute(index)


def loses(db: Any) -> str:
    found = room(db)
    count = found.select().count() if found.table_exists() else 0
    return f"{count} room(s) and all that was said in them" if count else ""


def down(migrator: Any, db: Any) -> None:
    """Rooms go with all that was said in them: the schema before has no word for it."""
    if room(db).table_exists():
        in_rooms = "WHERE conversation_id IN (SELECT conversation_id FROM room)"
        for table in ("chatlog", "participant"):
            db.execute_sql(f"DELETE FROM {table} {in_rooms}")  # noqa: S608 - both are written here
        db.drop_tables([room(db)])
    # their keys begin with "room:"; as bytes, which is what keys are
    db.execute_sql("DELETE FROM conversation WHERE SUBSTR(conversation_key, 1, 5) = x'726f6f6d3a'")
    there = columns(db)
    for name in COLUMNS:
        if name in there:
            migrator.migrate(migrator.drop_column("participant", name))
