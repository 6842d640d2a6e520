"""Brings a database to the schema that this code needs, or back."""

from __future__ import annotations

from pathlib import Path

from peewee import Database
from playhouse.migrations import Runner

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def migrate(db: Database, target: str | None = None) -> list[str]:
    """Applies what is pending, up to `target`; the names applied."""
    with db.connection_context():
        return list(_runner(db).up(target))


def migrate_back(db: Database, target: str | None = None) -> list[str]:
    """Reverts the newest migration, or all back through `target`; the names reverted."""
    with db.connection_context():
        return list(_runner(db).down(target))


def pending(db: Database) -> list[str]:
    """Migrations that this code has and the database has not."""
    with db.connection_context():
        return [row.name for row in _runner(db).status() if row.applied is None]


def _runner(db: Database) -> Runner:
    # the file pattern of the runner is [0-9]*.py, so the package's own __init__ is no migration
    return Runner(db, str(MIGRATIONS))
