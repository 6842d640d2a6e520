"""One live socket of a test's person: requests out, pushes in, nothing lost in between."""

import asyncio
import json
from collections.abc import Mapping
from itertools import count
from typing import Any, ClassVar, NamedTuple

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.pushes import Match, Push, Somebody, answer, event, ident

PATIENCE = 10.0  # seconds; a deadline for a loaded machine, never a measure of speed


class Stored(NamedTuple):
    """The answer to a chat-to: what was stored, and whether it had been before."""

    errorcode: int
    seq: int
    client_id: str
    content: str
    dup: bool


def as_json(value: object) -> str:
    """JSON as browsers write it: characters as they are, except those that UTF-8 cannot say."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


class TabClosedError(AssertionError):
    """The socket ended while something was still expected of it."""


class Tab:
    """One live socket."""

    opened: ClassVar[list["Tab"]] = []  # all that no test has closed yet

    def __init__(self, socket: ClientConnection) -> None:
        Tab.opened.append(self)
        self.socket = socket
        self.inbox: list[Push] = []
        self.me: dict[str, Any] = {}
        self.epoch = ""
        self._news = asyncio.Event()
        self._refs = count(1)
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for frame in self.socket:
                self.inbox.append(json.loads(frame))
                self._news.set()
        except ConnectionClosed:
            pass
        finally:
            self._news.set()

    def new_ref(self) -> str:
        """A ref that this tab has not used yet."""
        return f"ref-{next(self._refs)}"

    async def send(self, opt: str, data: object = None, ref: str | None = None) -> None:
        """Send one request as contracted."""
        request = {"opt": opt, "data": {} if data is None else data}
        if ref is not None:
            request["ref"] = ref
        await self.send_raw(as_json(request))

    async def send_raw(self, frame: str | bytes) -> None:
        """Send one frame as it is: str as text, bytes as binary."""
        await self.socket.send(frame)

    async def expect(self, match: Match, within: float = PATIENCE) -> Push:
        """Wait for a push that matches, take it out of the inbox, and leave the rest there."""
        try:
            async with asyncio.timeout(within):
                return await self._find(match)
        except TimeoutError:
            raise AssertionError(f"no {match.words} in {within} s; inbox: {self.inbox}") from None

    async def _find(self, match: Match) -> Push:
        while True:
            self._news.clear()
            for index, push in enumerate(self.inbox):
                if match.holds(push):
                    return self.inbox.pop(index)
            if self._reader.done():
                raise TabClosedError(f"closed ({self.socket.close_code}) without {match.words}")
            await self._news.wait()

    async def refute(self, match: Match) -> None:
        """Prove that no such push came.

        Call it when whatever might have caused the push has been answered: the server sends
        in order, so all that was caused before this tab's pong has arrived with the pong.
        """
        await self.barrier()
        found = [push for push in self.inbox if match.holds(push)]
        assert not found, f"unexpected {match.words}: {found}"

    async def barrier(self) -> None:
        """Return when everything the server had pushed here before now has arrived."""
        ref = self.new_ref()
        await self.send("ping", {}, ref)
        await self.expect(event("pong", ref=ref))

    async def ask(self, opt: str, data: object = None) -> Push:
        """Send a request and return what answers it."""
        ref = self.new_ref()
        await self.send(opt, data, ref)
        return await self.expect(answer(ref))

    async def chat(self, other: Somebody | int, text: str, client_id: str | None = None) -> Stored:
        """Send a message and wait until the server says that it is stored."""
        named = {} if client_id is None else {"client_id": client_id}
        push = await self.ask("chat-to", {"other": ident(other), "content": text, **named})
        assert push["errorcode"] in (1, 2), push
        side, content, _, extra = push["data"]["data"]
        assert (side, push["data"]["user_id"]) == (">", ident(other)), push
        dup = bool(push["data"].get("dup"))
        return Stored(push["errorcode"], extra["seq"], extra["client_id"], content, dup)

    async def sync(self, seqs: Mapping[int, int], **more: object) -> dict[str, Any]:
        """Ask for all that moved since these seqs; the event's data."""
        held = {str(other): seq for other, seq in seqs.items()}
        push = await self.ask("sync", {"seqs": held, **more})
        assert push["errorcode"] == 3, push
        return dict(push["data"])

    async def closed(self, within: float = PATIENCE) -> int | None:
        """Wait for the end of the socket; its close code (1006 when there was none)."""
        async with asyncio.timeout(within):
            await self.socket.wait_closed()
        return self.socket.close_code

    async def close(self) -> None:
        """Close as a browser does when the tab is closed."""
        await self.socket.close()
        await self._reader
        if self in Tab.opened:
            Tab.opened.remove(self)

    def abort(self) -> None:
        """Vanish without a word: no close frame, the connection just ends."""
        self.socket.transport.abort()
