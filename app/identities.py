"""Who is asking: a bearer token or the session cookie, never both, never the URL."""

from __future__ import annotations

from tornado.web import RequestHandler

from app.access.person import Credential, Person
from app.access.tokens import Tokens
from app.messaging.errors import not_signed_in
from app.newcomers import Newcomers
from app.settings import Settings
from models import accounts, sessions
from models.accounts import Newcomer
from models.reader import Reader

COOKIE = "parley_session"
DEVICE_COOKIE = "parley_device"
SUBPROTOCOL = "parley.v1"
BEARER_SUBPROTOCOL = "parley.bearer."

Identity = tuple[Person, Credential]


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


class Identities:
    """Turns a request into a person. Raises Refused (-3).

    The database is asked once, and of a host's member at first sight three times.
    """

    def __init__(self, reader: Reader, tokens: Tokens, settings: Settings) -> None:
        self._reader = reader
        self._newcomers = Newcomers(reader)
        self._tokens = tokens
        self._days = settings.session_days

    async def of(self, handler: RequestHandler) -> Identity:
        # a request with a token is never answered by its cookie: cross-site calls may carry one
        token = bearer_of(handler)
        return await (self._by_token(token) if token is not None else self._by_cookie(handler))

    async def _by_token(self, token: str) -> Identity:
        claims = self._tokens.check(token)
        member = Newcomer(claims.sub, claims.name, claims.avatar, claims.locale)
        person = await self._meet(member, claims.issued * 1000)
        if person is None:
            await self._newcomers.add(member)
            person = await self._meet(member, claims.issued * 1000)
        if person is None:
            raise not_signed_in()
        return person, Credential(claims.issued, claims.expires, kid=claims.key)

    async def _meet(self, member: Newcomer, issued: int) -> Person | None:
        return await self._reader.run(lambda: accounts.meet_embedded(member, issued))

    async def _by_cookie(self, handler: RequestHandler) -> Identity:
        secret = session_secret(handler, self._days)
        if secret is None:
            raise not_signed_in()
        found = await self._reader.run(lambda: sessions.find_session(secret))
        if found is None:
            raise not_signed_in()
        return found


def session_secret(handler: RequestHandler, days: int) -> str | None:
    value = handler.get_signed_cookie(COOKIE, max_age_days=days, min_version=2)
    return None if value is None else value.decode("ascii", "replace")
