"""What `--production` refuses to start with."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.access import secret_file
from app.access.tokens import SHORTEST_SECRET, read_secrets
from app.settings import SettingError, Settings

KNOWN_PASSWORDS = {"", "root", "password", "parley", "mysql", "secret", "changeme", "example"}


def check_production(options: Settings, cookie_secrets: list[str]) -> None:
    """Raises SettingError for weak or default secrets."""
    if secret_file.weak(cookie_secrets):
        raise SettingError("secret_file: a cookie secret is weak (32 random characters or more)")
    if options.identity_secrets_file:
        for kid, secret in read_secrets(Path(options.identity_secrets_file)).items():
            if len(secret.encode()) < SHORTEST_SECRET or len(set(secret)) < 8:
                raise SettingError(f"identity_secrets_file: the secret of {kid!r} is weak")
    url = urlsplit(options.database_url)
    if url.scheme != "sqlite" and unquote(url.password or "").lower() in KNOWN_PASSWORDS:
        raise SettingError("database_url: the password is empty or a well-known one")
    if options.metrics_token and len(options.metrics_token) < 16:
        raise SettingError("metrics_token is shorter than 16 characters")
