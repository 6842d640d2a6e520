"""Identity tokens that a host site signs for its members: JWT (RFC 7519), HS256, a kid each.

Several secrets may be active, so that keys can be rotated; the file is read again when it changes.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.messaging.errors import not_signed_in

log = logging.getLogger("parley.tokens")

AUDIENCE = "parley"
# seconds by which the host's clock may differ from ours
LEEWAY = 5
SHORTEST_SECRET = 32
SUB_BYTES = 180
NAME_LIMIT = 64
AVATAR_LIMIT = 512
LOCALE_LIMIT = 16
# verified tokens that are remembered, by their hash; the oldest goes first
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says. Times are epoch seconds; `key` names kid and secret."""

    sub: str
    name: str
    avatar: str | None  # empty: no picture any more; None: nothing was said of it
    locale: str
    issued: int
    expires: int
    key: str


class Tokens:
    """The active secrets and the check against them."""

    def __init__(
        self, path: str, longest: int, clock: Callable[[], float], *, strong: bool = False
    ) -> None:
        self._strong = strong
        self._path = Path(path) if path else None
        self._longest = longest
        self._clock = clock
        self._stamp: object = None
        self._secrets: dict[str, str] = {}
        # what was verified need not be again: only the clock and the secrets can change the answer
        self._known: OrderedDict[bytes, Claims] = OrderedDict()
        self.reload()

    @property
    def keys(self) -> frozenset[str]:
        """Names of the active secrets, as in Claims.key: another secret is another name."""
        return frozenset(_key(kid, secret) for kid, secret in self._secrets.items())

    def reload(self) -> None:
        """Reads the file if it changed; one that cannot be read leaves the last good state."""
        if self._path is None:
            return
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp != self._stamp:
                self._secrets = read_secrets(self._path, strong=self._strong)
                self._known.clear()
                self._stamp = stamp
        except (OSError, ValueError) as error:
            log.error("identity secrets not read: %s", error)

    def check(self, token: str) -> Claims:
        """The claims of a valid token. Raises Refused (-3), without saying why to the outside."""
        mark = hashlib.sha256(token.encode(errors="surrogateescape")).digest()
        known = self._known.get(mark)
        if known is None:
            known = self._verify(token)
            self._known[mark] = known
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        elif known.expires <= self._clock():
            del self._known[mark]
            raise not_signed_in()
        return known

    def _verify(self, token: str) -> Claims:
        import jwt  # imported here: a server without embedded members needs no JWT

        try:
            kid = jwt.get_unverified_header(token).get("kid")
            secret = self._secrets.get(kid) if isinstance(kid, str) else None
            if secret is None:
                raise not_signed_in()
            claims = jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                audience=AUDIENCE,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "sub", "aud"]},
            )
            return self._checked(claims, _key(str(kid), secret))
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            log.info("token refused: %s", type(error).__name__)
            raise not_signed_in() from error

    def _checked(self, claims: dict[str, Any], key: str) -> Claims:
        issued, expires = check_claims(claims, self._longest, self._clock())
        return Claims(
            claims["sub"],
            _optional(claims.get("name"), NAME_LIMIT),
            _picture(claims["avatar"]) if "avatar" in claims else None,
            _optional(claims.get("locale"), LOCALE_LIMIT),
            issued,
            expires,
            key,
        )


def check_claims(claims: dict[str, Any], longest: int, now: float) -> tuple[int, int]:
    """`iat` and `exp` of claims that may open the door. Raises ValueError, TypeError.

    The command line, which signs as a host site does, keeps to the same rules.
    """
    issued, expires = _seconds(claims["iat"]), _seconds(claims["exp"])
    check_sub(claims["sub"])
    if expires <= now:
        raise ValueError("an identity token must expire later than now")
    if 0 < longest < expires - issued:
        raise ValueError(f"an identity token may live for {longest} seconds (token_lifetime)")
    return issued, expires


def check_sub(sub: object) -> None:
    """Raises ValueError for what is no member's id."""
    if not sub or not _is_text(sub, SUB_BYTES):
        raise ValueError(f"sub must be text of 1 to {SUB_BYTES} bytes")


def read_secrets(path: Path, *, strong: bool = False) -> dict[str, str]:
    """{"kid": "secret", ...} from the file. Raises OSError; ValueError, also for weak secrets."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"identity_secrets_file: {path} is no JSON: {error}") from error
    if not isinstance(value, dict) or not all(isinstance(v, str) and v for v in value.values()):
        raise ValueError(f'identity_secrets_file: {path} must hold {{"kid": "secret", ...}}')
    for kid, secret in value.items():
        if strong and (len(secret.encode()) < SHORTEST_SECRET or len(set(secret)) < 8):
            raise ValueError(f"identity_secrets_file: the secret of {kid!r} is weak")
    return value


def sign(claims: dict[str, Any], kid: str, secret: str) -> str:
    """A token as a host site makes it; for the command line and for tests."""
    import jwt

    return jwt.encode({"aud": AUDIENCE, **claims}, secret, "HS256", headers={"kid": kid})


def _key(kid: str, secret: str) -> str:
    return f"{kid}:{hashlib.sha256(secret.encode()).hexdigest()[:16]}"


def _seconds(value: object) -> int:
    """A NumericDate (RFC 7519, section 2). Raises TypeError for text or true, which int() takes."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a time must be a number")
    return int(value)


def _is_text(value: object, limit: int) -> bool:
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        return len(value.encode()) <= limit
    except UnicodeEncodeError:
        return False


def _optional(value: object, limit: int) -> str:
    """Decoration is cut or left out: a long name is no reason to lock somebody out."""
    return str(value)[:limit] if _is_text(value, 4096) else ""


def _picture(value: object) -> str | None:
    if value is None or value == "":
        return ""
    picture = _optional(value, 4096)
    is_link = picture.startswith(("https://", "http://"))
    return picture if is_link and len(picture) <= AVATAR_LIMIT else None
