"""Makes a local user; the password is asked for, or read from standard input."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import Any

from app.access.names import parse_nickname, parse_username
from app.access.passwords import Passwords, check_length
from app.settings import Settings
from models import accounts, base


def run(options: Settings, arguments: dict[str, Any]) -> int:
    username = parse_username(arguments["username"])
    nickname = parse_nickname(arguments["nickname"])
    if arguments["password_stdin"]:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass()
    check_length(password)
    hashed = asyncio.run(Passwords().hash(password))
    with base.connect(options.database_url).connection_context():
        person = accounts.create_local(username, nickname, hashed, "en")
    print(f"made {person.username}, user id {person.user_id}")
    return 0
