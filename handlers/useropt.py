"""POST /useropt: the endpoint of the widget and of older clients. Always HTTP 200."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.errors import Errorcode, Refused
from app.messaging.protocol import Request
from app.messaging.receipts import send_receipt_and_wait
from handlers.base import ApiHandler, answers

Answer = Awaitable[dict[str, Any]]
OPTS = ("realtime-chat", "recent-users", "chat-to", "read", "search-users")


class UseroptHandler(ApiHandler):
    envelope_status = 200

    @answers
    async def post(self) -> None:
        ref: str | None = None
        try:
            self.body_json()
            request = protocol.parse_request(self.request.body or b"{}")
            ref = request.ref
            body = await self._run(await self.signed_in(), request)
        except Refused as refused:
            self.refuse(refused, ref)
            return
        if ref is not None:
            body["ref"] = ref
        self.answer(protocol.encode(body))

    async def _run(self, me: Person, request: Request) -> dict[str, Any]:
        """The envelope as a dict. Raises Refused."""
        if request.opt == "chat-to":
            return await self.parley.chat.send_and_wait(me, request.data)
        questions: dict[str, Callable[[], Answer]] = {
            "realtime-chat": lambda: self.parley.reading.page(me, request.data),
            "recent-users": lambda: self.parley.reading.conversations(me, request.data),
            "search-users": lambda: self.parley.reading.search(me, request.data),
            "read": lambda: send_receipt_and_wait(self.parley.writer, me, request.data, "read"),
        }
        question = questions.get(request.opt)
        if question is None:
            raise Refused(Errorcode.UNSUPPORTED, "not support opt.")
        return {"errorcode": int(Errorcode.OK), "data": await question()}
