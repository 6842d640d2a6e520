"""A tab as the protocol wants one in rooms: it joins again, fills gaps and repeats its outbox.

On the way it fails at once when the server breaks its word: a message of a room that this tab is
not in, two notices in a row that somebody came (or went), a refusal that has no reason.
"""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any

from tests.client import Push
from tests.oracle import Shown
from tests.reliability.line import Line
from tests.reliability.room_view import RoomView, Stay

GAP_PAGE = 200
# what reading a page over HTTP meets when the server ends meanwhile
AWAY = (OSError, http.client.HTTPException)


@dataclass
class RoomDraft:
    """A message to a room that is not yet known to be stored."""

    room: str
    text: str
    refusals: int = 0


@dataclass
class RoomTab(Line):
    """One tab of one person, in some rooms. `alone`: the person has no other tab."""

    rooms: dict[str, RoomView] = field(default_factory=dict)
    outbox: dict[str, RoomDraft] = field(default_factory=dict)
    alone: bool = True
    number: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self._count = 0

    # -- what the person does -----------------------------------------------------------------

    async def join(self, room: str) -> None:
        self.rooms[room].wanted = True
        if self._synced:
            await self._ask_to_join(room)

    async def leave(self, room: str) -> None:
        """For all of the person's tabs, as it is on the wire."""
        self.rooms[room].wanted, self.rooms[room].leaving = False, True
        await self._send(
            {"opt": "room-leave", "data": {"room": room}, "ref": json.dumps(["leave", room])}
        )

    async def say(self, room: str, text: str) -> None:
        """Put a message into the outbox, and send it if this tab is in the room."""
        self._count += 1
        me, view = self.person.user_id, self.rooms[room]
        client_id = f"u{me}-{self.number}-{self._count}"
        self.outbox[client_id] = RoomDraft(room, text)
        self.oracle.sent(me, client_id, -view.ident, text)
        if view.inside:
            await self._transmit(client_id)

    def note_stays(self, *, to_the_end: bool = False) -> None:
        """Tell the oracle what is on the screens."""
        for view in self.rooms.values():
            self._note(view, to_the_end=to_the_end)

    def _note(self, view: RoomView, *, to_the_end: bool = False) -> None:
        """The end of a stay; the next one begins with what it is shown."""
        if view.stay.first is not None:
            shown, me = view.stay.screen, self.person.user_id
            self.oracle.saw_in_room(me, view.ident, shown, to_the_end=to_the_end)
        view.stay = Stay()

    # -- what the server says -----------------------------------------------------------------

    async def _greet(self) -> None:
        self._synced = True
        for view in self.rooms.values():
            if view.wanted:
                await self._ask_to_join(view.name)

    def _lose(self) -> None:
        for view in self.rooms.values():
            view.asked = 0
            view.out()

    async def _ask_to_join(self, room: str) -> None:
        self.rooms[room].asked += 1
        await self._send(
            {"opt": "room-join", "data": {"room": room}, "ref": json.dumps(["join", room])}
        )

    async def _take(self, push: Push) -> None:
        code, data = push["errorcode"], push.get("data", {})
        if code < 0:
            self._refused(push)
        elif code in (1, 2):
            self._show(self.rooms[data["room"]], data["data"])
        elif data["event"] == "hello":
            self.epochs.add(data["epoch"])
        else:
            await self._hear(data)

    async def _hear(self, data: dict[str, Any]) -> None:
        view, name = self.rooms[data["room"]], data["event"]
        if name == "room-message":
            assert view.inside or view.asked, f"a message of {view.name}, which this tab is not in"
            self._show(view, data["data"])
        elif data["by"] == "<":
            view.notice(name, data["users"])
        elif name == "room-join":
            await self._joined(view, data)
        elif name == "room-leave":
            view.out()
            self._note(view)

    async def _joined(self, view: RoomView, data: dict[str, Any]) -> None:
        view.asked -= 1
        view.inside = True
        view.people = {member["user_id"] for member in data["members"]}
        assert data["count"] == len(view.people), data["count"]
        view.stay.begin(data)
        for entry in data["logs"]:
            self._show(view, entry, may_fill=False)
        self._fill_later(view)
        for client_id in [key for key, draft in self.outbox.items() if draft.room == view.name]:
            await self._transmit(client_id)

    def _show(self, view: RoomView, entry: list[Any], *, may_fill: bool = True) -> None:
        side, content, _, extra = entry
        assert extra["id"] == f"{view.ident}.{extra['seq']}", (view.ident, entry)
        author, me = extra["user"]["user_id"], self.person.user_id
        assert (side == ">") == (author == me), entry
        if side == ">":
            self._confirmed(view, extra)
        view.stay.put(Shown(extra["seq"], author, content))
        if may_fill:
            self._fill_later(view)

    def _confirmed(self, view: RoomView, extra: dict[str, Any]) -> None:
        self.acks += 1
        self.oracle.acked(self.person.user_id, extra["client_id"], -view.ident, extra["seq"])
        self.outbox.pop(extra["client_id"], None)

    def _refused(self, push: Push) -> None:
        code = push["errorcode"]
        what, room, *sent = json.loads(push["ref"])
        view = self.rooms[room]
        self.refusals[code] += 1
        out = not view.inside or view.leaving or [view.lives] != sent[1:]
        # the one reason for -5 is to be out: by another tab, or since this was sent
        assert code == -8 or (code == -5 and (out or not self.alone)), (push, view.lives)
        if what == "join":
            view.asked -= 1
            self._start(self._join_again(room))
        elif what == "say" and sent[0] in self.outbox:
            self._start(self._say_again(sent[0]))

    async def _join_again(self, room: str) -> None:
        await self.pause(3)
        if self._synced and self.rooms[room].wanted and not self.rooms[room].asked:
            await self._ask_to_join(room)

    async def _say_again(self, client_id: str) -> None:
        """Who is out by now says it again when this tab is in again."""
        draft = self.outbox.get(client_id)
        if draft is None:  # told to be stored since it was refused
            return
        draft.refusals += 1
        await self.pause(draft.refusals)
        if client_id in self.outbox and self.rooms[draft.room].inside:
            await self._transmit(client_id)

    async def _transmit(self, client_id: str) -> None:
        draft = self.outbox[client_id]
        data = {"room": draft.room, "content": draft.text, "client_id": client_id}
        ref = json.dumps(["say", draft.room, client_id, self.rooms[draft.room].lives])
        await self._send({"opt": "room-say", "data": data, "ref": ref})

    # -- gaps ---------------------------------------------------------------------------------

    def _fill_later(self, view: RoomView) -> None:
        if view.inside and view.stay.gap:
            self._start(self._fill(view, view.stay))

    async def _fill(self, view: RoomView, stay: Stay) -> None:
        """Read what is missing below the lines that came early, page by page."""
        self.gaps_filled += 1
        asked = {"room": view.name, "limit": GAP_PAGE}
        while stay.gap and view.inside and view.stay is stay:
            try:
                answer = await self.person.useropt("room-chat", after=stay.held, **asked)
            except AWAY:
                await self.pause(2)
                continue
            if answer["errorcode"] < 0:  # not now, or not a member any more
                self.refusals[answer["errorcode"]] += 1
                await self.pause(2)
                continue
            if view.stay is stay:
                for entry in answer["data"]["logs"]:
                    self._show(view, entry, may_fill=False)
            self.moved.set()
