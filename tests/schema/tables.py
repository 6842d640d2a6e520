"""The tables there are, the migrations that make them, and what is in them."""

from __future__ import annotations

from typing import Any

from peewee import Database, Model

from models.chatlog import ChatLog
from models.conversation import Conversation, Participant, Room
from models.session import Session
from models.storage import Storage
from models.user import User
from tests.oracle import read_rows
from tests.services.parley import ROOT

MODELS: tuple[type[Model], ...] = (
    User,
    Session,
    Conversation,
    Participant,
    ChatLog,
    Room,
    Storage,
)
TABLES = {model._meta.table_name for model in MODELS}
NAMES = sorted(path.stem for path in (ROOT / "migrations").glob("[0-9]*.py"))
MADE_BY_MIGRATIONS = "schema_migration"


def tables(db: Database) -> set[str]:
    with db.connection_context():
        return set(db.get_tables()) - {MADE_BY_MIGRATIONS}


def contents(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {table: sorted(read_rows(url, f"SELECT * FROM {table}"), key=repr) for table in TABLES}
