"""Users, sessions, conversations, participants, the log, and the storage's epoch.

Frozen copies: this file never changes once it has been released, whatever models/ becomes. Where
the database cannot undo a change of its schema, a step that was interrupted is taken up where it
ended.
"""

import secrets
from typing import Any

from peewee import (
    BigAutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    MySQLDatabase,
    TextField,
)


class BinaryKeyField(Field):
    field_type = "VARBINARY"

    def __init__(self, max_length: int, **options: Any) -> None:
        self.max_length = max_length
        super().__init__(**options)

    def get_modifiers(self) -> list[int]:
        return [self.max_length]


def tables(db: Any) -> list[Any]:
    # the server's default character set may be latin1, so the DDL names what is meant;
    # _bin because two different emoji are equal to the _ci collations
    settings: list[str] = []
    if isinstance(getattr(db, "obj", db), MySQLDatabase):
        settings = ["ENGINE=InnoDB", "DEFAULT CHARACTER SET utf8mb4", "COLLATE utf8mb4_bin"]

    class Base(Model):
        class Meta:
            database = db
            table_settings = settings

    class User(Base):
        id = BigAutoField()
        username = CharField(max_length=191)
        name_key = BinaryKeyField(max_length=255, unique=True)
        password_hash = CharField(max_length=100, null=True)
        kind = CharField(max_length=16)
        nickname = CharField(max_length=64)
        nickname_key = BinaryKeyField(max_length=255, index=True)
        avatar = CharField(max_length=512)
        locale = CharField(max_length=16)
        created = BigIntegerField()
        last_seen = BigIntegerField()
        revoked_before = BigIntegerField(index=True)

    class Session(Base):
        key = BinaryKeyField(max_length=32, primary_key=True, column_name="session_key")
        user = ForeignKeyField(User, on_delete="CASCADE")
        created = BigIntegerField()
        expires = BigIntegerField(index=True)
        ended = BigIntegerField(index=True)

    class Conversation(Base):
        id = BigAutoField()
        key = BinaryKeyField(max_length=191, unique=True, column_name="conversation_key")
        last_seq = BigIntegerField()
        last_time = BigIntegerField()

    class Participant(Base):
        conversation = ForeignKeyField(Conversation, index=False)
        user = ForeignKeyField(User, index=False)
        other = ForeignKeyField(User, null=True)
        delivered_seq = BigIntegerField()
        read_seq = BigIntegerField()

        class Meta:
            primary_key = CompositeKey("conversation", "user")
            indexes = ((("user", "conversation"), False),)

    class ChatLog(Base):
        conversation = BigIntegerField(column_name="conversation_id")
        seq = BigIntegerField()
        me = BigIntegerField()
        other = BigIntegerField()
        client_id = BinaryKeyField(max_length=256)
        content = TextField()
        time = BigIntegerField()

        class Meta:
            primary_key = CompositeKey("conversation", "seq")
            indexes = ((("me", "client_id"), True),)
            without_rowid = not settings  # SQLite only: MariaDB clusters by primary key anyway

    class Storage(Base):
        id = IntegerField(primary_key=True)
        epoch = CharField(max_length=32)

    return [User, Session, Conversation, Participant, ChatLog, Storage]


def make(db: Any, table: Any) -> None:
    """The table and each of its indexes, as far as they are not there."""
    if not table.table_exists():
        table._schema.create_table()
    there = {index.name for index in db.get_indexes(table._meta.table_name)}
    for index in table._meta.fields_to_index():
        if index._name not in there:
            db.execute(index)


def up(migrator: Any, db: Any) -> None:
    made = tables(db)
    for table in made:
        make(db, table)
    storage = made[-1]
    if not storage.select().exists():
        storage.insert(id=1, epoch=secrets.token_hex(8)).execute()


def loses(db: Any) -> str:
    user = tables(db)[0]
    count = user.select().count() if user.table_exists() else 0
    return f"{count} user(s) and all that was said" if count else ""


def down(migrator: Any, db: Any) -> None:
    db.drop_tables(tables(db))
