"""Signs an identity token as a host site does, or revokes a member's tokens."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from app.access.tokens import check_claims, check_sub, read_secrets, sign
from app.settings import SettingError, Settings
from models import accounts, base


def run(options: Settings, arguments: dict[str, Any]) -> int:
    if arguments["revoke"]:
        return _revoke(options, arguments["sub"])
    if not options.identity_secrets_file:
        raise SettingError("identity_secrets_file is not set")
    secrets = read_secrets(Path(options.identity_secrets_file))
    kid = arguments["kid"] or next(iter(secrets), "")
    if kid not in secrets:
        raise SettingError(f"identity_secrets_file has no kid {kid!r}")
    now = int(time.time())
    claims = {"sub": arguments["sub"], "iat": now, "exp": now + arguments["ttl"]}
    check_claims(claims, options.token_lifetime, now)
    for name in ("name", "avatar"):
        if arguments[name]:
            claims[name] = arguments[name]
    print(sign(claims, kid, secrets[kid]))
    return 0


def _revoke(options: Settings, sub: str) -> int:
    check_sub(sub)
    moment = base.now_ms()
    with base.connect(options.database_url).connection_context():
        accounts.revoke_embedded(sub, moment)
    _wait_until(-(-moment // 1000) * 1000)
    print(f"revoked all tokens of {sub} signed up to now")
    return 0


def _wait_until(due: int) -> None:
    """`iat` is a whole second: of one that was signed in this second nobody can tell whether it was
    before. So none of this second is good, and who signs after the command ends is in the next.
    """
    time.sleep(max(0, due - base.now_ms()) / 1000)
