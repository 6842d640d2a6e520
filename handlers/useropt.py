"""POST /useropt: the endpoint of the widget and of older clients. Always HTTP 200."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.errors import Errorcode, Refused
from app.messaging.reading import Asked, Question
from app.messaging.receipts import send_receipt_and_wait
from app.parts import Parts
from handlers.base import ApiHandler, answers

UseCase = Callable[[Parts, Person, dict[str, Any]], Awaitable[dict[str, Any]]]

# opt -> the question about what is stored; each ends in the `data` of the answer
QUESTIONS: dict[str, Callable[[Parts, Asked], Question[Any]]] = {
    "realtime-chat": lambda parts, asked: parts.reading.page(asked),
    "recent-users": lambda parts, asked: parts.reading.conversations(asked),
    "search-users": lambda parts, asked: parts.reading.search(asked),
}
# opt -> what is noted; each gives the `data` of the answer
NOTING: dict[str, UseCase] = {
    "read": lambda parts, me, data: send_receipt_and_wait(parts.writer, me, data, "read"),
}
# room opts -> what they ask: those of app/rooms/house.py
ROOM_QUESTIONS = (
    "rooms",
    "room-open",
    "room-chat",
    "room-join",
    "room-leave",
    "room-read",
    "room-members",
    "room-delete",
    "room-mute",
    "room-remove",
    "room-removed",
)
# answered with an envelope of their own: errorcode 1 or 2
SENDING: dict[str, UseCase] = {
    "chat-to": lambda parts, me, data: parts.chat.send_and_wait(me, data),
    "room-say": lambda parts, me, data: parts.rooms.talk.say_and_wait(me, data),
}
OPTS = (*SENDING, *QUESTIONS, *NOTING, *ROOM_QUESTIONS)


class UseroptHandler(ApiHandler):
    envelope_status = 200

    @answers
    async def post(self) -> None:
        ref: str | None = None
        try:
            opt, data, ref = protocol.parse_request(self.body())
            body = await self._run(opt, data)
        except Refused as refused:
            self.refuse(refused, ref)
            return
        if ref is not None:
            body["ref"] = ref
        self.answer(protocol.encode(body))

    async def _run(self, opt: str, data: dict[str, Any]) -> dict[str, Any]:
        """The envelope as a dict. Raises Refused."""
        if opt in QUESTIONS:
            question = QUESTIONS[opt](self.parley, lambda: data)
            return {"errorcode": int(Errorcode.OK), "data": await self.ask(question)}
        me = await self.signed_in()
        if opt in SENDING:
            return await SENDING[opt](self.parley, me, data)
        if opt in ROOM_QUESTIONS:
            found = await self.parley.room_questions[opt](me, data)
        elif opt in NOTING:
            found = await NOTING[opt](self.parley, me, data)
        else:
            raise Refused(Errorcode.UNSUPPORTED, "not support opt.")
        return {"errorcode": int(Errorcode.OK), "data": found}
