"""The receipts of a batch: how far each may move its positions. In one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messaging.errors import not_found
from app.messaging.items import Moved, Outcome, Receipt
from models.conversation import own_seq
from models.log_conversations import Ask, Conversations
from models.log_memory import Memory, receipt_key
from models.log_sql import LogSql

# how far a conversation goes, and how far its lower and its higher user id wrote
Reached = tuple[int, int, int]
# (conversation, user) -> (other, delivered, read), as they will be written
Progress = dict[tuple[int, int], tuple[int | None, int, int]]


def move(
    receipts: list[Receipt],
    conversations: Conversations,
    ask: Ask,
    sql: LogSql,
    memory: Memory,
    reached: Mapping[int, Reached],
    progress: Progress,
) -> list[Outcome]:
    """`reached`: by what else is in this batch. Adds to `progress`."""
    keys = [receipt_key(receipt) for receipt in receipts]
    conversations.look_up(set(keys))
    ids = [conversations.id(key) or 0 for key in keys]
    pairs = {(found, one.user) for found, one in zip(ids, receipts, strict=True) if found}
    arguments = [value for pair in sorted(pairs) for value in pair]
    rows = ask(sql.positions(len(pairs)), arguments) if pairs else []
    positions = {(row[0], row[1]): row[2:] for row in rows}
    outcomes = [
        _move_one(receipt, found, positions.get((found, receipt.user)), reached, progress)
        for receipt, found in zip(receipts, ids, strict=True)
    ]
    if not memory.untold:
        return outcomes
    return [
        _still_to_tell(one, outcome) if (one.user, key) in memory.untold else outcome
        for one, key, outcome in zip(receipts, keys, outcomes, strict=True)
    ]


def _still_to_tell(receipt: Receipt, outcome: Outcome) -> Outcome:
    """It may have been committed before, and then nobody was told."""
    if not isinstance(outcome, Moved):
        return outcome
    return Moved(outcome.read, outcome.delivered, receipt.read > 0, True)


def _move_one(
    receipt: Receipt,
    conversation: int,
    here: tuple[Any, ...] | None,
    reached: Mapping[int, Reached],
    progress: Progress,
) -> Outcome:
    if here is None:
        return not_found("conversation")
    delivered, read, *far = here
    last_seq, *wrote = map(max, far, reached.get(conversation, (0, 0, 0)))
    own = own_seq(receipt.user, receipt.other, *wrote) if receipt.other else 0
    read, delivered = max(read, own), max(delivered, own)
    new_read = max(read, min(receipt.read, last_seq))
    # who has read it has been given it
    new_delivered = max(delivered, new_read, min(receipt.delivered, last_seq))
    if (new_read, new_delivered) != (read, delivered):
        _, sent, sent_read = progress.get((conversation, receipt.user), (0, 0, 0))
        progress[(conversation, receipt.user)] = (
            receipt.other or None,
            max(new_delivered, sent),
            max(new_read, sent_read),
        )
    return Moved(new_read, new_delivered, new_read > read, new_delivered > delivered)
