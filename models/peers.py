"""Who talks with whom: two people, or many at once. Runs in a reader thread."""

from __future__ import annotations

from collections.abc import Collection

from models.conversation import Conversation, pair_key
from models.missed import SYNC_CONVERSATIONS
from models.read_sql import NUMBER, Statement, fetch

# for each of them a range of an index and no more rows than the limit, however many there are: one
# range over all of them could not be cut for each. A table in each, as SQLite takes no brackets.
# arguments: the user, how many
_NEWEST = (
    "SELECT user_id, other_id FROM (SELECT user_id, other_id FROM participant"
    " WHERE user_id = ? AND other_id IS NOT NULL ORDER BY conversation_id DESC LIMIT ?) x"
)


def are_peers(one: int, two: int) -> bool:
    """Whether the two have a conversation."""
    return bool(Conversation.select().where(Conversation.key == pair_key(one, two)).exists())


def peers_of(user_ids: Collection[int], limit: int = SYNC_CONVERSATIONS) -> dict[int, set[int]]:
    """With whom each has a conversation (the newest ones, bounded), in one statement."""
    peers: dict[int, set[int]] = {user_id: set() for user_id in user_ids}
    if peers:
        arguments = [number for user_id in peers for number in (user_id, limit)]
        for user_id, other in fetch(statement_for(len(peers)), arguments):
            peers[user_id].add(other)
    return peers


def statement_for(count: int) -> Statement:
    """The statement that asks for so many people."""
    union = " UNION ALL ".join([_NEWEST] * count)
    return Statement((("user_id", NUMBER), ("other_id", NUMBER)), f"FROM ({union}) p")
