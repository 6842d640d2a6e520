"""Conversations and who takes part in them."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CompositeKey, ForeignKeyField

from models.base import BaseModel, BinaryKeyField
from models.user import User


class Conversation(BaseModel):
    """`key` is "low:high" of the two user ids, so that a pair has one conversation."""

    id = BigAutoField()
    key = BinaryKeyField(max_length=191, unique=True, column_name="conversation_key")
    last_seq = BigIntegerField(default=0)
    last_time = BigIntegerField(default=0)


class Participant(BaseModel):
    """One side of a conversation: its receipts are two positions that only move forward.

    `other` repeats what the key says, so that a list of conversations is one join.
    """

    conversation = ForeignKeyField(Conversation, index=False)
    user = ForeignKeyField(User, index=False)
    other = ForeignKeyField(User, null=True)
    delivered_seq = BigIntegerField(default=0)
    read_seq = BigIntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("conversation", "user")
        indexes = ((("user", "conversation"), False),)


def pair_key(one: int, two: int) -> bytes:
    low, high = sorted((one, two))
    return b"%d:%d" % (low, high)
