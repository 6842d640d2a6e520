"""What a server refuses to start with, and what `--production` refuses on top."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.access import secret_file
from app.access.tokens import read_secrets
from app.settings import SettingError, Settings

KNOWN_PASSWORDS = {"", "root", "password", "parley", "mysql", "secret", "changeme", "example"}


def check_identity_secrets(options: Settings) -> None:
    """A file that is named must be readable now. Raises OSError, ValueError.

    While the server runs, one that cannot be read leaves the last good state.
    """
    if options.identity_secrets_file:
        read_secrets(Path(options.identity_secrets_file))


def check_production(options: Settings, cookie_secrets: list[str]) -> None:
    """Raises SettingError for weak or default secrets."""
    if secret_file.weak(cookie_secrets):
        raise SettingError("secret_file: a cookie secret is weak (32 random characters or more)")
    if options.identity_secrets_file:
        read_secrets(Path(options.identity_secrets_file), strong=True)
    url = urlsplit(options.database_url)
    if url.scheme != "sqlite" and unquote(url.password or "").lower() in KNOWN_PASSWORDS:
        raise SettingError("database_url: the password is empty or a well-known one")
    if options.metrics_token and len(options.metrics_token) < 16:
        raise SettingError("metrics_token is shorter than 16 characters")
