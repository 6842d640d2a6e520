"""Coming and going: registration, sign-in, sign-out, guests, and who one is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from app.access.names import USERNAME_LIMIT, parse_name, parse_nickname, parse_username
from app.access.passwords import LONGEST, check_length
from app.access.person import Person
from app.access.sign_in import device_cookie, network_of, trusted_device
from app.identities import COOKIE, DEVICE_COOKIE, bearer_of, session_secret
from app.messaging import protocol
from app.messaging.errors import Refused, malformed, not_allowed, not_signed_in, too_fast
from handlers.base import ApiHandler, answers
from models import accounts, guests, people, sessions
from models.user import fold

Begun = tuple[Person, str]


def parse_password(data: dict[str, object]) -> str:
    """8 to 1,024 characters, of any kind. Raises Refused (-2, -7)."""
    password = data.get("password")
    if not isinstance(password, str):
        raise malformed("password", "password must be text.")
    check_length(password)
    return password


class AccountHandler(ApiHandler):
    """Shared by those who hand out a session, and so never to another site's page."""

    def check_trusted_origin(self, origin: str) -> bool:
        # a token is no way round this: what is changed here is the cookie, which it does not guard
        return False

    async def begin_session(self, begin: Callable[[int, bytes | None], Begun]) -> Person:
        """`begin(days, before)`, in a reader thread, gives who it is and a new session's secret.

        In the same transaction it ends the session that the browser had `before`.
        """
        days, before = self.parley.options.session_days, self._session_key()
        person, secret = await self.parley.reader.run(lambda: begin(days, before))
        if before is not None:
            self.parley.sockets.end_session(before)
        self._set_cookie(COOKIE, secret, days)
        return person

    def _session_key(self) -> bytes | None:
        secret = session_secret(self, self.parley.options.session_days)
        return None if secret is None else sessions.key_of(secret)

    async def end_session(self) -> None:
        key = self._session_key()
        if key is not None:
            await self.parley.reader.run(lambda: sessions.end_session(key))
            self.parley.sockets.end_session(key)
        self.clear_cookie(COOKIE, path="/")

    def _set_cookie(self, name: str, value: str, days: int) -> None:
        self.set_signed_cookie(
            name,
            value,
            expires_days=days,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self.request.protocol == "https",
        )

    def remember_device(self, account: bytes) -> None:
        """From now on this browser is counted for itself, whoever guesses at the account."""
        mark = device_cookie(account, self.parley.secrets[0], secrets.token_hex(8))
        self._set_cookie(DEVICE_COOKIE, mark, 365)

    def check_signups(self) -> None:
        """Raises Refused (-6)."""
        address = network_of(self.request.remote_ip or "")
        wait = self.parley.signups.wait(address)
        if wait > 0:
            raise too_fast(wait)
        self.parley.signups.add(address)


class SessionHandler(AccountHandler):
    """POST signs in, DELETE signs out."""

    @answers
    async def post(self) -> None:
        data = self.body_json()
        password = data.get("password")
        if not isinstance(password, str) or len(password) > LONGEST:
            raise malformed("password", f"password must be text of at most {LONGEST} characters.")
        # spaces around it, which phones' keyboards add, are no part of a name
        username = protocol.parse_text(data, "username", 256).strip()
        person = await self._check_password(username, password)
        await self.begin_session(
            lambda days, before: (person, sessions.start_session(person.user_id, days, before))
        )
        self.answer_data(self.parley.shapes.user(person))

    async def _check_password(self, username: str, password: str) -> Person:
        account, address = fold(username), self.request.remote_ip or ""
        cookie = self.get_signed_cookie(DEVICE_COOKIE, max_age_days=365, min_version=2) or b""
        device = trusted_device(account, self.parley.secrets, cookie.decode("ascii", "replace"))
        self.parley.sign_ins.check(account, address, device)
        try:
            found = await self.parley.reader.run(lambda: people.find_password(username))
            right = await self.parley.passwords.check(password, found[1] if found else None)
        except Refused:
            self.parley.sign_ins.unanswered(account, address, device)
            raise
        if not right or found is None:
            raise not_signed_in()
        self.parley.sign_ins.succeeded(account, address, device)
        if not device:
            self.remember_device(account)
        return found[0]

    @answers
    async def delete(self) -> None:
        """The cookie's session: who comes by token has none, whatever cookie is there too."""
        if bearer_of(self) is not None:
            raise not_allowed("a token ends when its site says so: there is no session to end.")
        await self.end_session()
        self.answer_txt("signed out.")


class GuestsHandler(AccountHandler):
    @answers
    async def post(self) -> None:
        """{"nickname"?}: a guest and its session, where guests are on."""
        if not self.parley.options.guests:
            raise not_allowed("guests are not let in here.")
        self.check_signups()
        nickname = parse_nickname(self.body_json().get("nickname"))
        if nickname:
            parse_name("nickname", nickname, USERNAME_LIMIT)
        locale = self.locale_code
        person = await self.begin_session(
            lambda days, before: guests.enter(nickname, locale, days, before)
        )
        self.answer_data(self.parley.shapes.user(person), 201)


class UsersHandler(AccountHandler):
    """POST registers, GET searches."""

    @answers
    async def post(self) -> None:
        """{"username", "password", "nickname"?}"""
        if self.parley.options.registration != "open":
            raise not_allowed("registration is closed.")
        data = self.body_json()
        username = parse_username(data.get("username"))
        nickname = parse_nickname(data.get("nickname"))
        password = parse_password(data)
        self.check_signups()
        hashed = await self.parley.passwords.hash(password)
        locale = self.locale_code
        person = await self.begin_session(
            lambda days, before: accounts.sign_up(username, nickname, hashed, locale, days, before)
        )
        self.remember_device(fold(username))
        self.answer_data(self.parley.shapes.user(person), 201)

    @answers
    async def get(self) -> None:
        reading = self.parley.reading
        if "username" in self.request.query_arguments:
            named = reading.named(lambda: {"username": self.query_text("username")})
            self.answer_data(await self.ask(named))
        else:
            self.answer_data(await self.ask(reading.search(self._asked)))

    def _asked(self) -> dict[str, Any]:
        # nothing asked for is the beginning of everybody
        return {"query": self.query_text("query") or "", **self.query_numbers("limit")}


class MeHandler(ApiHandler):
    @answers
    async def get(self) -> None:
        self.answer_data(self.parley.shapes.user(await self.signed_in()))
