"""One room as one tab knows it: what it is shown, and who is in."""

from dataclasses import dataclass, field
from typing import Any

from tests.oracle import Shown
from tests.reliability.steady import Thread


@dataclass
class Stay(Thread):
    """What one tab is shown of one room, from a join to a leave, over however many sockets."""

    first: int | None = None  # the first seq that is shown; None until the join is answered

    @property
    def held(self) -> int:
        return super().held or (self.first or 1) - 1

    def put(self, line: Shown) -> None:
        if self.first is None:
            self.ahead[line.seq] = line
        else:
            super().put(line)

    def begin(self, page: dict[str, Any]) -> None:
        """The answer to a join says where this begins; what came before it is shown now."""
        self.last_seq = page["last_seq"]
        if self.first is not None:
            return
        logs = page["logs"]
        self.first = logs[0][3]["seq"] if logs else page["last_seq"] + 1
        early, self.ahead = self.ahead, {}
        for line in early.values():
            self.put(line)


@dataclass
class RoomView:
    """One room as one tab knows it."""

    name: str
    ident: int  # of its conversation
    wanted: bool = False  # the person wants to be in
    asked: int = 0  # joins that are not answered yet
    inside: bool = False  # the server says that this socket is in
    leaving: bool = False  # a leave of this tab's is under way
    lives: int = 0  # times that it was out again
    stay: Stay = field(default_factory=Stay)
    people: set[int] = field(default_factory=set)  # who is in, as this tab was told
    noticed: dict[int, str] = field(default_factory=dict)  # the last notice about each, if any

    def out(self) -> None:
        """Not in any more, or not known to be."""
        self.inside = self.leaving = False
        self.lives += 1
        self.people.clear()
        self.noticed.clear()

    def notice(self, name: str, users: list[dict[str, Any]]) -> None:
        """People came or went: nobody comes twice without having gone."""
        assert self.inside or self.asked, f"{name} of {self.name}, which this tab is not in"
        for user_id in (user["user_id"] for user in users):
            assert self.noticed.get(user_id) != name, f"two times {name} of {user_id}"
            self.noticed[user_id] = name
            if name == "room-join":
                self.people.add(user_id)
            else:
                self.people.discard(user_id)
