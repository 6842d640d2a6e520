"""What every handler of ours shares: the envelope, identity, and the calls of other origins."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar, cast

import tornado.locale
from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketHandler

from app.access.person import Person
from app.identities import Identity, bearer_of
from app.messaging import protocol
from app.messaging.errors import HTTP_STATUS, Errorcode, Refused, malformed, too_fast, too_large
from app.messaging.languages import DEFAULT, find_locale
from app.messaging.reading import Question
from app.parts import Parts
from handlers.guarded import GuardedHandler

# characters of the header that are looked at: 30,000 languages would hold up the loop
ACCEPT_LANGUAGE_LIMIT = 256
ERRORCODE_OF_STATUS = {
    401: Errorcode.NOT_SIGNED_IN,
    403: Errorcode.NOT_ALLOWED,
    404: Errorcode.NOT_FOUND,
    405: Errorcode.UNSUPPORTED,
    413: Errorcode.TOO_LARGE,
    429: Errorcode.TOO_FAST,
}

Method = TypeVar("Method", bound=Callable[..., Awaitable[None]])
Found = TypeVar("Found")


class BaseHandler(GuardedHandler):
    """Errors and identity. `envelope_status`: /useropt says 200 whatever happened."""

    envelope_status: int | None = None

    @property
    def parley(self) -> Parts:
        """The parts of the running server."""
        parts: Parts = self.settings["parts"]
        return parts

    @property
    def locale_code(self) -> str:
        """The visitor's locale, of those we speak."""
        wanted = self.request.headers.get("Accept-Language", "")[:ACCEPT_LANGUAGE_LIMIT]
        for part in wanted.split(","):
            locale = find_locale(part.split(";")[0].strip())
            if locale is not None:
                return locale
        return DEFAULT

    def get_browser_locale(self, default: str = "en") -> tornado.locale.Locale:
        # templates are given our own locale; Tornado would read the whole header for its own
        return tornado.locale.get(default)

    async def identify(self) -> Identity:
        """Who is asking. Raises Refused (-3)."""
        return await self.parley.identities.of(self)

    async def signed_in(self) -> Person:
        """The person, who may not ask too often. Raises Refused (-3, -6)."""
        person, _ = await self.identify()
        self._admit(person)
        return person

    async def ask(self, question: Question[Found]) -> dict[str, Any]:
        """The answer to the person, as signed_in. Raises Refused (-3, -6, and the question's)."""

        def admitted(identity: Identity) -> Found:
            self._admit(identity[0])
            return question.look(identity[0])

        (person, _), found = await self.parley.identities.ask(self, admitted)
        return question.show(found, person)

    def _admit(self, person: Person) -> None:
        """On the loop or in a reader's thread."""
        wait = self.parley.requests.wait(person.user_id)
        if wait > 0:
            raise too_fast(wait)

    async def head(self, *args: str) -> None:
        """What GET would say, by headers only: the framework leaves the body out."""
        if isinstance(self, WebSocketHandler):  # a handshake is a GET
            raise HTTPError(405)
        answered = self.get(*args)
        if answered is not None:
            await answered

    # -- cross-site ---------------------------------------------------------------------------

    @property
    def foreign_origin(self) -> str | None:
        """The request's Origin where it is on the allow-list."""
        origin = self.request.headers.get("Origin", "")
        return origin if origin.lower() in self.parley.options.origins else None

    def check_trusted_origin(self, origin: str) -> bool:
        """Cross-site calls: from the allow-list, and by token. The cookie is then not looked at."""
        return origin.lower() in self.parley.options.origins and bearer_of(self) is not None

    def allow_foreign_origin(self) -> None:
        origin = self.foreign_origin
        self.set_header("Vary", "Origin")
        if origin is not None:
            self.set_header("Access-Control-Allow-Origin", origin)
            self.set_header("Access-Control-Allow-Headers", "Authorization, Content-Type")
            self.set_header("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
            self.set_header("Access-Control-Max-Age", "600")

    # -- the envelope -------------------------------------------------------------------------

    def body(self) -> bytes:
        """The body; none is an empty object. Raises Refused (-7)."""
        limit = self.parley.options.body_limit
        if len(self.request.body) > limit:
            raise too_large(limit)
        return self.request.body or b"{}"

    def body_json(self) -> dict[str, Any]:
        """The body as a JSON object under any content type. Raises Refused (-2, -7)."""
        return protocol.parse_json(self.body())

    def query_text(self, name: str) -> str | None:
        """A word of the query string as it was sent: the framework's own way of asking would leave
        out what is at the edges, and control characters. Raises Refused (-2).
        """
        words = self.request.query_arguments.get(name)
        try:
            return words[-1].decode() if words else None
        except UnicodeDecodeError:
            raise malformed(name, f"{name} must be UTF-8.") from None

    def query_numbers(self, *names: str) -> dict[str, int | None]:
        """Numbers of the query string, as a request's data has them. Raises Refused (-2)."""
        numbers: dict[str, int | None] = {}
        for name in names:
            text = self.query_text(name)
            if text is not None and not (text.isascii() and text.isdigit() and len(text) < 17):
                raise malformed(name, f"{name} must be a whole number.")
            numbers[name] = None if text is None else int(text)
        return numbers

    def answer(self, body: bytes, status: int = 200) -> None:
        self.set_status(self.envelope_status or status)
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(body)

    def answer_data(self, data: Any, status: int = 200) -> None:
        self.answer(protocol.result(Errorcode.OK, data), status)

    def answer_txt(self, txt: str) -> None:
        self.answer(protocol.encode({"errorcode": 0, "txt": txt}))

    def refuse(self, refused: Refused, ref: str | None = None) -> None:
        self.parley.counters.refuse(refused.code)
        status = HTTP_STATUS[refused.code]
        if status == 429:
            self.set_header("Retry-After", str(int(refused.data["retry_after"]) + 1))
        if status == 401:
            self.set_header("WWW-Authenticate", "Bearer")
        self.answer(protocol.refusal(refused, refused.ref if ref is None else ref), status)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Whatever went wrong: an envelope, never a traceback."""
        code = ERRORCODE_OF_STATUS.get(
            status_code, Errorcode.NOT_NOW if status_code >= 500 else Errorcode.MALFORMED
        )
        self.set_header("Content-Type", "application/json; charset=UTF-8")
        name_allowed(self, status_code)
        self.finish(protocol.refusal(Refused(code, _sentence(status_code))))


def _sentence(status: int) -> str:
    return {
        403: "not allowed from there.",
        404: "no such page.",
        405: "not support opt.",
    }.get(status, "something went wrong." if status >= 500 else "bad request.")


def name_allowed(handler: RequestHandler, status: int) -> None:
    """Who asked by a wrong method is told the right ones (RFC 9110, section 15.5.6)."""
    if status == 405:
        names = [name for name in handler.SUPPORTED_METHODS if _is_served(handler, name)]
        handler.set_header("Allow", ", ".join(names))


def _is_served(handler: RequestHandler, method: str) -> bool:
    if method == "HEAD":
        return _is_served(handler, "GET") and not isinstance(handler, WebSocketHandler)
    name = method.lower()
    return getattr(type(handler), name) is not getattr(RequestHandler, name)


def answers(method: Method) -> Method:
    """A handler method whose Refused becomes the answer."""

    @wraps(method)
    async def guarded(self: BaseHandler, *args: Any) -> None:
        try:
            await method(self, *args)
        except Refused as refused:
            self.refuse(refused)

    return cast("Method", guarded)


class ApiHandler(BaseHandler):
    """A handler that allowed origins may call by token. Bodies are JSON under any content type."""

    def initialize(self) -> None:
        # or the framework would look for a form in the text, and refuse what is none
        self.request.headers.pop("Content-Type", None)

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.allow_foreign_origin()

    async def options(self, *args: str) -> None:
        self.set_status(204)


class MissingHandler(BaseHandler):
    """Every address that is none."""

    def prepare(self) -> None:
        self.send_error(404)
