"""Rooms: conversations of many, and how their participants stand in them.

Frozen copies: this file never changes once it has been released, whatever models/ becomes.
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

STANDING, ADDRESS = "standing", "address"


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


def up(migrator: Any, db: Any) -> None:
    # the defaults stand in the schema: the message path names neither column, and no row is
    # written anew
    add = "ALTER TABLE participant ADD COLUMN"
    db.execute_sql(f"{add} {STANDING} INTEGER NOT NULL DEFAULT 0")
    db.execute_sql(f"{add} {ADDRESS} VARCHAR(45) NOT NULL DEFAULT ''")
    db.create_tables([room(db)])


def down(migrator: Any, db: Any) -> None:
    """Rooms go with all that was said in them: the schema before has no word for it."""
    db.execute_sql(
        "DELETE FROM chatlog WHERE conversation_id IN (SELECT conversation_id FROM room)"
    )
    db.execute_sql(
        "DELETE FROM participant WHERE conversation_id IN (SELECT conversation_id FROM room)"
    )
    db.drop_tables([room(db)])
    # their keys begin with "room:"; as bytes, which is what keys are
    db.execute_sql("DELETE FROM conversation WHERE SUBSTR(conversation_key, 1, 5) = x'726f6f6d3a'")
    migrator.migrate(
        migrator.drop_column("participant", STANDING),
        migrator.drop_column("participant", ADDRESS),
    )
