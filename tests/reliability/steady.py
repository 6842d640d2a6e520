"""A client as the contract wants one: it comes back, syncs, fills gaps and repeats its outbox.

It shows a message only when all before it are shown, so what is on its screen is an unbroken
list; it never forgets a message until the server has said that it is stored.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.client import Push
from tests.oracle import Shown
from tests.reliability.line import Line

GAP_PAGE = 100


@dataclass
class Thread:
    """One conversation as this client holds it."""

    screen: list[Shown] = field(default_factory=list)
    ahead: dict[int, Shown] = field(default_factory=dict)  # arrived before what precedes them
    last_seq: int = 0  # how far the server said that it goes

    @property
    def held(self) -> int:
        """The last seq up to which nothing is missing."""
        return self.screen[-1].seq if self.screen else 0

    @property
    def gap(self) -> bool:
        """Whether there is something between what is shown and what is known to exist."""
        return bool(self.ahead) or self.held < self.last_seq

    def put(self, line: Shown) -> None:
        """Take in one line, in whatever order lines come."""
        if line.seq > self.held:
            self.ahead[line.seq] = line
        while self.held + 1 in self.ahead:
            self.screen.append(self.ahead.pop(self.held + 1))


@dataclass
class Draft:
    """A message that is not yet known to be stored."""

    other: int
    text: str
    refusals: int = 0


@dataclass
class SteadyClient(Line):
    """One person who stays in touch whatever happens to the server."""

    threads: dict[int, Thread] = field(default_factory=dict)
    outbox: dict[str, Draft] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._count = 0

    async def say(self, other: int, text: str) -> str:
        """Put a message into the outbox, and send it if there is somebody to send it to."""
        self._count += 1
        client_id = f"u{self.person.user_id}-{self._count}"
        self.outbox[client_id] = Draft(other, text)
        self.oracle.sent(self.person.user_id, client_id, other, text)
        if self._synced:
            await self._transmit(client_id)
        return client_id

    def note_screens(self) -> None:
        """Tell the oracle what is on the screen."""
        for other, thread in self.threads.items():
            self.oracle.saw(self.person.user_id, other, thread.screen)

    async def _greet(self) -> None:
        await self._ask_what_moved()

    async def _take(self, push: Push) -> None:
        code, data = push["errorcode"], push.get("data", {})
        if code in (0, 1, 2):
            self._show(data["user_id"], data["data"])
        elif code < 0:
            self._refused(push)
        elif data["event"] == "sync":
            await self._caught_up(data)
        elif data["event"] == "hello":
            self.epochs.add(data["epoch"])

    def _show(self, other: int, entry: list[Any], *, may_fill: bool = True) -> None:
        side, content, _, extra = entry
        mine = side == ">"
        if mine:
            self._confirmed(other, extra)
        thread = self._thread(other)
        thread.put(Shown(extra["seq"], self.person.user_id if mine else other, content))
        if thread.ahead and self._synced and may_fill:
            self._start(self._fill(other))

    def _thread(self, other: int) -> Thread:
        return self.threads.setdefault(other, Thread())

    def _confirmed(self, other: int, extra: dict[str, Any]) -> None:
        self.acks += 1
        self.oracle.acked(self.person.user_id, extra["client_id"], other, extra["seq"])
        self.outbox.pop(extra["client_id"], None)

    def _refused(self, push: Push) -> None:
        self.refusals[push["errorcode"]] += 1
        assert push["errorcode"] in (-6, -8), push  # a correct client meets no other
        draft = self.outbox.get(push.get("ref", ""))
        assert draft or push["errorcode"] == -8, push
        self._start(self._again(push["ref"]) if draft else self._sync_again())

    async def _again(self, client_id: str) -> None:
        draft = self.outbox.get(client_id)
        if draft is None:  # told to be stored since it was refused
            return
        draft.refusals += 1
        await self.pause(draft.refusals)
        if self._synced and client_id in self.outbox:
            await self._transmit(client_id)

    async def _sync_again(self) -> None:
        await self.pause(3)
        await self._ask_what_moved()

    async def _ask_what_moved(self) -> None:
        seqs = {str(other): thread.held for other, thread in self.threads.items()}
        await self._send({"opt": "sync", "data": {"seqs": seqs}, "ref": "sync"})

    async def _caught_up(self, data: dict[str, Any]) -> None:
        for moved in data["conversations"]:
            for entry in moved["logs"]:
                self._show(moved["user_id"], entry, may_fill=False)
            self._thread(moved["user_id"]).last_seq = moved["last_seq"]
        self._synced = True
        for other, thread in self.threads.items():
            if thread.gap:
                self._start(self._fill(other))
        for client_id in list(self.outbox):
            await self._transmit(client_id)

    async def _fill(self, other: int) -> None:
        """Read what is missing below the lines that came early, page by page."""
        thread = self.threads[other]
        self.gaps_filled += 1
        while thread.gap and self._synced:
            try:
                page = await self.person.history(other, after=thread.held, limit=GAP_PAGE)
            except (OSError, AssertionError):
                await self.pause(2)
                continue
            for entry in page["logs"]:
                self._show(other, entry, may_fill=False)
            self.moved.set()

    async def _transmit(self, client_id: str) -> None:
        draft = self.outbox[client_id]
        data = {"other": draft.other, "content": draft.text, "client_id": client_id}
        await self._send({"opt": "chat-to", "data": data, "ref": client_id})
