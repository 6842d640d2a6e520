"""Signed-in browsers. Only a hash of the cookie's secret is kept: a stolen table opens nothing."""

from __future__ import annotations

from peewee import BigIntegerField, ForeignKeyField

from models.base import BaseModel, BinaryKeyField
from models.user import User


class Session(BaseModel):
    """`ended` is 0 while the session lives. Times are epoch milliseconds."""

    key = BinaryKeyField(max_length=32, primary_key=True, column_name="session_key")
    user = ForeignKeyField(User, on_delete="CASCADE")
    created = BigIntegerField()
    expires = BigIntegerField(index=True)
    ended = BigIntegerField(default=0, index=True)
