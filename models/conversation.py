"""Conversations and who takes part in them: two people, or everybody in a room."""

from __future__ import annotations

from peewee import (
    BigAutoField,
    BigIntegerField,
    CharField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
)

from models.base import BaseModel, BinaryKeyField
from models.user import User, fold

# how a participant stands in a room; sums of these, 0 for a member like any other
MUTED, AWAY, REMOVED = 1, 2, 4


class Conversation(BaseModel):
    """`key` is "low:high" of the two user ids, so that a pair has one conversation, or "room:"
    and the folded name, so that a name has one room.

    `low_seq` and `high_seq`: the last message of the pair's lower user id, and of the higher one.
    A room has neither.
    """

    id = BigAutoField()
    key = BinaryKeyField(max_length=191, unique=True, column_name="conversation_key")
    last_seq = BigIntegerField(default=0)
    last_time = BigIntegerField(default=0)
    low_seq = BigIntegerField(default=0)
    high_seq = BigIntegerField(default=0)


class Participant(BaseModel):
    """One side of a conversation: its receipts are two positions that only move forward. What
    somebody wrote in a conversation of two counts as read by them, but is not repeated here.

    `other` repeats what the key says, so that a list of conversations is one join; rooms have
    none. `standing` and `address` (masked, where the operator shows it) matter in rooms only.
    """

    conversation = ForeignKeyField(Conversation, index=False)
    user = ForeignKeyField(User, index=False)
    other = ForeignKeyField(User, null=True)
    delivered_seq = BigIntegerField(default=0)
    read_seq = BigIntegerField(default=0)
    standing = IntegerField(default=0)
    address = CharField(max_length=45, default="")

    class Meta:
        primary_key = CompositeKey("conversation", "user")
        indexes = ((("user", "conversation"), False),)


class Room(BaseModel):
    """What a room has beyond its conversation. Without an owner it is the operator's."""

    conversation = ForeignKeyField(Conversation, primary_key=True)
    name = CharField(max_length=64)
    owner = ForeignKeyField(User, null=True)
    created = BigIntegerField()


def pair_key(one: int, two: int) -> bytes:
    low, high = sorted((one, two))
    return b"%d:%d" % (low, high)


def own_seq(me: int, other: int, low_seq: int, high_seq: int) -> int:
    """How far `me` has written in a conversation of two."""
    return low_seq if me < other else high_seq


def room_key(name: str) -> bytes:
    return b"room:" + fold(name)
