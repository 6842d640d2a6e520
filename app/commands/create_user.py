"""Makes a local user; the password is asked for, or read from standard input."""

from __future__ import annotations

import asyncio
import getpass
import sys
import warnings
from typing import Any

from app.access.names import parse_nickname, parse_username
from app.access.passwords import Passwords, check_length
from app.settings import Settings
from models import accounts, base


def run(options: Settings, arguments: dict[str, Any]) -> int:
    username = parse_username(arguments["username"])
    nickname = parse_nickname(arguments["nickname"])
    password = _read_line() if arguments["password_stdin"] else _ask()
    check_length(password)
    hashed = asyncio.run(Passwords().hash(password))
    with base.connect(options.database_url).connection_context():
        person = accounts.create_local(username, nickname, hashed, "en")
    print(f"made {person.username}, user id {person.user_id}")
    return 0


def _read_line() -> str:
    """The first line of standard input without its end, LF or CRLF."""
    return sys.stdin.readline().removesuffix("\n").removesuffix("\r")


def _ask() -> str:
    """Raises ValueError where there is nobody to ask."""
    try:
        with warnings.catch_warnings():
            # getpass would warn, and show what is typed
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass()
    except (getpass.GetPassWarning, EOFError):
        raise ValueError("no terminal to ask on for the password: --password-stdin") from None
