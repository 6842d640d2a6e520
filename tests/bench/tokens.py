"""Signed identities for the generator's users: no sign-up, so no bcrypt in the way."""

import json
import os
import secrets
import time
from pathlib import Path

import jwt

KID = "bench"
LIFETIME_SECONDS = 3600


class Minter:
    """Signs tokens with a secret that the server reads from `file`."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "identity-secrets.json"
        self._secret = secrets.token_urlsafe(48)
        descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            json.dump({KID: self._secret}, out)

    def token(self, subject: str) -> str:
        """A token for one user, good for the length of a benchmark."""
        now = int(time.time())
        claims = {"sub": subject, "name": subject, "aud": "parley"}
        return jwt.encode(
            {**claims, "iat": now, "exp": now + LIFETIME_SECONDS},
            self._secret,
            algorithm="HS256",
            headers={"kid": KID},
        )

    def tokens(self, prefix: str, count: int) -> list[str]:
        """Tokens of `count` different users whose names start with prefix."""
        return [self.token(f"{prefix}-{number}") for number in range(count)]
