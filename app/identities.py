"""Who is asking: a bearer token or the session cookie, never both, never the URL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tornado.web import RequestHandler

from app.access.person import Credential, Person
from app.access.tokens import Claims, Tokens
from app.arrivals import Arrivals
from app.messaging.errors import not_signed_in
from app.settings import Settings
from models import accounts, sessions
from models.accounts import Arrival, Newcomer
from models.reader import Reader

COOKIE = "parley_session"
DEVICE_COOKIE = "parley_device"
SUBPROTOCOL = "parley.v1"
BEARER_SUBPROTOCOL = "parley.bearer."
# the user id of whom a page believes to be: its cookie may have become another's in another tab
MEANT_FOR = "Parley-User"

Identity = tuple[Person, Credential]
Found = TypeVar("Found")


def bearer_of(handler: RequestHandler) -> str | None:
    """The token of the Authorization header or of the WebSocket subprotocols."""
    header = handler.request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        # a header of another scheme is still somebody who does not come by cookie
        return token.strip() if scheme.lower() == "bearer" else ""
    for offered in handler.request.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if offered.strip().startswith(BEARER_SUBPROTOCOL):
            return offered.strip().removeprefix(BEARER_SUBPROTOCOL)
    return None


def credential_of(handler: RequestHandler) -> str:
    """What the request says who it is from, not looked at yet; empty where it says nothing."""
    return bearer_of(handler) or handler.get_cookie(COOKIE) or ""


class Identities:
    """Turns a request into a person. Raises Refused (-3).

    By cookie, or with a question: in a read of its own. Who comes by token and only wants to be
    known (every handshake) is looked up together with those who come in the same moment.
    """

    def __init__(self, reader: Reader, tokens: Tokens, settings: Settings) -> None:
        self._reader = reader
        self._arrivals = Arrivals(reader)
        self._tokens = tokens
        self._days = settings.session_days

    async def of(self, handler: RequestHandler) -> Identity:
        token = bearer_of(handler)
        if token is None:
            identity, _ = await self.ask(handler, lambda _: None)
            return identity
        claims = self._tokens.check(token)
        return await self._arrivals.meet(_arrival(claims)), _credential(claims)

    async def ask(
        self, handler: RequestHandler, question: Callable[[Identity], Found]
    ) -> tuple[Identity, Found]:
        """Who is asking, and what is asked then, in one go: each way into a thread costs as much
        as a small question. `question` runs in a reader's thread, and for nobody else.
        """
        # a request with a token is never answered by its cookie: cross-site calls may carry one
        token = bearer_of(handler)
        if token is None:
            secret = session_secret(handler, self._days)
            if secret is None:
                raise not_signed_in()
            meant_for = handler.request.headers.get(MEANT_FOR)
            found = await self._look(lambda: _find_session(secret, meant_for), question)
        else:
            found = await self._ask_by_token(self._tokens.check(token), question)
        if found is None:
            raise not_signed_in()
        return found

    async def _ask_by_token(
        self, claims: Claims, question: Callable[[Identity], Found]
    ) -> tuple[Identity, Found] | None:
        arrival = _arrival(claims)

        def find() -> Identity | None:
            person = accounts.meet_embedded(*arrival)
            return None if person is None else (person, _credential(claims))

        found = await self._look(find, question)
        if found is None:
            await self._arrivals.meet(arrival)
            found = await self._look(find, question)
        return found

    async def _look(
        self, find: Callable[[], Identity | None], question: Callable[[Identity], Found]
    ) -> tuple[Identity, Found] | None:
        def work() -> tuple[Identity, Found] | None:
            identity = find()
            return None if identity is None else (identity, question(identity))

        return await self._reader.run(work)


def _find_session(secret: str, meant_for: str | None) -> Identity | None:
    found = sessions.find_session(secret)
    if found is None or meant_for in (None, str(found[0].user_id)):
        return found
    return None


def _arrival(claims: Claims) -> Arrival:
    member = Newcomer(claims.sub, claims.name, claims.avatar, claims.locale)
    return Arrival(member, claims.issued * 1000)


def _credential(claims: Claims) -> Credential:
    return Credential(claims.issued, claims.expires, kid=claims.key)


def session_secret(handler: RequestHandler, days: int) -> str | None:
    value = handler.get_signed_cookie(COOKIE, max_age_days=days, min_version=2)
    return None if value is None else value.decode("ascii", "replace")
