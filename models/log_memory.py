"""What the writer of the log remembers, and what makes a message the same message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from app.messaging.items import Message, Receipt, RoomMessage, RoomReceipt

# conversations that are remembered; beyond it all are forgotten and looked up again
REMEMBERED = 100_000
# messages of unknown fate that are remembered; their senders will ask again, or look
DOUBTED = 50_000

Key = tuple[int, int] | bytes  # two user ids, the lower first, or the key of a room
End = tuple[int, int]  # seq and time of a conversation's last message
Identity = tuple[int, str]  # sender and client_id


@dataclass
class Memory:
    """What the writer keeps from one transaction to the next."""

    ids: dict[Key, int] = field(default_factory=dict)
    ends: dict[int, End] = field(default_factory=dict)  # as they were last seen committed
    # conversations whose ends nobody can have moved unnoticed since they were remembered
    trusted: set[int] = field(default_factory=set)
    # conversations that other processes write to as well: remembering their ends is of no use
    shared: set[int] = field(default_factory=set)
    # messages whose commit was sent but not answered, and when: found in the log with no earlier
    # time, they are no repeats
    uncertain: dict[Identity, int] = field(default_factory=dict)
    # receipts whose commit was not answered: what they moved is still to be told
    untold: set[tuple[int, Key]] = field(default_factory=set)

    def keep(self, ids: Mapping[Key, int], ends: Mapping[int, End]) -> None:
        if len(self.ids) > REMEMBERED:
            self.forget()
        self.ids.update(ids)
        self.ends.update(ends)
        self.trusted.update(ends)

    def distrust(self) -> None:
        """Somebody has written, nobody knows where."""
        self.trusted.clear()

    def forget(self) -> None:
        self.ids.clear()
        self.ends.clear()
        self.shared.clear()
        self.trusted.clear()

    def knows(self, conversations: Set[int]) -> bool:
        """Whether all their ends can be told from memory."""
        return conversations <= self.trusted and self.shared.isdisjoint(conversations)

    def doubt(self, batch: Sequence[Message | Receipt], now: int) -> None:
        """The commit may have happened: until that is known these are not somebody's repeats, and
        nobody was told what the receipts moved. `now` is not after the time of any of them.
        """
        if len(self.uncertain) + len(self.untold) > DOUBTED:
            self.uncertain.clear()
            self.untold.clear()
        for item in batch:
            if isinstance(item, Message):
                identity = identity_of(item)
                # a clock may be set back, and any of the tries may be the one that stored it
                self.uncertain[identity] = min(now, self.uncertain.get(identity, now))
            else:
                self.untold.add((item.user, receipt_key(item)))

    def settle(self, batch: Sequence[Message | Receipt], but: Set[Identity]) -> None:
        """The fate of these is known now, and told: `but` of these it is not."""
        if not self.uncertain and not self.untold:
            return
        for item in batch:
            if isinstance(item, Message):
                identity = identity_of(item)
                if identity not in but:
                    self.uncertain.pop(identity, None)
            else:
                self.untold.discard((item.user, receipt_key(item)))


def identity_of(message: Message) -> Identity:
    """What makes a message the same message, however often it is sent."""
    return message.sender.user_id, message.client_id


def pair(one: int, two: int) -> Key:
    return (one, two) if one < two else (two, one)


def key_of(item: Message | Receipt) -> Key:
    """Of the conversation that it goes to."""
    if type(item) is Message:  # first: it is asked of every message
        return pair(item.sender.user_id, item.other)
    if isinstance(item, Receipt):
        return receipt_key(item)
    assert isinstance(item, RoomMessage)  # noqa: S101 - there are these two
    return item.room.key


def receipt_key(receipt: Receipt) -> Key:
    """Of the conversation that it is about."""
    if isinstance(receipt, RoomReceipt):
        return receipt.room.key
    return pair(receipt.user, receipt.other)
