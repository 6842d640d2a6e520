"""One row about the storage itself: its epoch, which changes when an older state replaced it."""

from __future__ import annotations

import secrets

from peewee import CharField, IntegerField

from models.base import BaseModel


class Storage(BaseModel):
    id = IntegerField(primary_key=True)
    epoch = CharField(max_length=32)


def read_epoch() -> str:
    return str(Storage.get_by_id(1).epoch)


def replace_epoch() -> str:
    """To be called after a backup was restored: every client then drops what it holds."""
    epoch = secrets.token_hex(8)
    Storage.update(epoch=epoch).where(Storage.id == 1).execute()
    return epoch
