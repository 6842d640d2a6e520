"""The log: every message, clustered by conversation and seq."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, TextField

from models.base import BaseModel, BinaryKeyField


class ChatLog(BaseModel):
    """`me` wrote it to `other`. The primary key makes a page of history one range read.

    No foreign keys: each insert would lock the two users' rows, and the writer has just locked
    the conversation and looked at both.
    """

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
