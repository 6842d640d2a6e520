"""What the writer of the log remembers, and what makes a message the same message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.messaging.items import Message, Receipt

# conversations whose ids are remembered; beyond it all are forgotten and looked up again
REMEMBERED = 100_000
# messages of unknown fate that are remembered; their senders will ask again, or look
DOUBTED = 50_000


@dataclass
class Memory:
    """What the writer keeps from one transaction to the next."""

    ids: dict[bytes, int] = field(default_factory=dict)  # conversation by its key
    last: dict[int, int] = field(default_factory=dict)  # last seq that was seen committed
    # messages whose commit was sent but not answered: found in the log, they are no repeats
    uncertain: set[tuple[int, bytes]] = field(default_factory=set)

    def keep(self, ids: dict[bytes, int], last: dict[int, int]) -> None:
        if len(self.ids) > REMEMBERED:
            self.forget()
        self.ids.update(ids)
        self.last.update(last)

    def forget(self) -> None:
        self.ids.clear()
        self.last.clear()

    def doubt(self, batch: Sequence[Message | Receipt]) -> None:
        """The commit may have happened: until that is known these are not somebody's repeats."""
        if len(self.uncertain) > DOUBTED:
            self.uncertain.clear()
        self.uncertain.update(identities(batch))


def identity_of(message: Message) -> tuple[int, bytes]:
    """What makes a message the same message, however often it is sent."""
    return message.sender.user_id, message.client_id.encode()


def identities(batch: Sequence[Message | Receipt]) -> list[tuple[int, bytes]]:
    return [identity_of(item) for item in batch if isinstance(item, Message)]
