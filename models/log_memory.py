"""What the writer of the log remembers, and what makes a message the same message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.messaging.items import Message, Receipt

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
    # conversations that other processes write to as well: remembering their ends is of no use
    shared: set[int] = field(default_factory=set)
    # messages whose commit was sent but not answered: found in the log, they are no repeats
    uncertain: set[Identity] = field(default_factory=set)

    def keep(self, ids: Mapping[Key, int], ends: Mapping[int, End]) -> None:
        if len(self.ids) > REMEMBERED:
            self.forget()
        self.ids.update(ids)
        self.ends.update(ends)

    def forget(self) -> None:
        self.ids.clear()
        self.ends.clear()
        self.shared.clear()

    def knows(self, conversations: set[int]) -> bool:
        """Whether all their ends are remembered, and nobody else was seen writing to them."""
        return conversations <= self.ends.keys() and self.shared.isdisjoint(conversations)

    def doubt(self, batch: Sequence[Message | Receipt]) -> None:
        """The commit may have happened: until that is known these are not somebody's repeats."""
        if len(self.uncertain) > DOUBTED:
            self.uncertain.clear()
        self.uncertain.update(identities(batch))


def identity_of(message: Message) -> Identity:
    """What makes a message the same message, however often it is sent."""
    return message.sender.user_id, message.client_id


def identities(batch: Sequence[Message | Receipt]) -> list[Identity]:
    return [identity_of(item) for item in batch if isinstance(item, Message)]


def pair(one: int, two: int) -> Key:
    return (one, two) if one < two else (two, one)
