"""`python -m app serve | migrate | create-user | token | check`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from peewee import PeeweeException

from app import settings
from app.messaging.errors import Refused

DATABASE = ("database_url", "data_dir")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code. Mistakes of the operator are one line, no traceback."""
    parsed = vars(build_parser().parse_args(arguments))
    command = parsed.pop("command")
    try:
        options = settings.load(parsed, os.environ)
        return int(COMMANDS[command](options, parsed))
    except (settings.SettingError, Refused, OSError, ValueError, PeeweeException) as error:
        print(f"parley: {error}", file=sys.stderr)
        return 2


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    settings.add_flags(_command(commands, "serve", "run the server"))
    _add_migrate(commands)
    _add_create_user(commands)
    _add_token(commands)
    settings.add_flags(
        _command(commands, "check", "check settings, secrets, the database and Redis")
    )
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str
) -> argparse.ArgumentParser:
    return commands.add_parser(name, help=text, description=text, allow_abbrev=False)


def _add_migrate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(commands, "migrate", "bring the database to the schema this version needs")
    settings.add_flags(parser, DATABASE)
    parser.add_argument("--to", metavar="NAME", help="stop after this migration")
    parser.add_argument("--back", action="store_true", help="revert the newest (or back to --to)")
    parser.add_argument(
        "--drop-data",
        action="store_true",
        help="with --back: also where that deletes what people have said",
    )
    parser.add_argument(
        "--new-epoch",
        action="store_true",
        help="after a backup was restored: clients drop what they hold and ask again",
    )


def _add_create_user(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(commands, "create-user", "make a local user")
    settings.add_flags(parser, DATABASE)
    parser.add_argument("username")
    parser.add_argument("--nickname", default="", help="the name that others see")
    parser.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )


def _add_token(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = _command(commands, "token", "sign an identity as a host site does, or revoke some")
    settings.add_flags(parser, (*DATABASE, "identity_secrets_file", "token_lifetime"))
    parser.add_argument("--sub", required=True, help="the member's id on the host site")
    parser.add_argument("--kid", default="", help="which secret signs (default: the first)")
    parser.add_argument("--name", default="", help="the member's name")
    parser.add_argument("--avatar", default="", help="address of a picture")
    parser.add_argument("--ttl", type=int, default=3600, help="lifetime in seconds (default 3600)")
    parser.add_argument(
        "--revoke",
        action="store_true",
        help="instead: refuse all of this member's tokens signed up to now",
    )


def _load(name: str) -> Any:
    def run(options: settings.Settings, parsed: dict[str, Any]) -> int:
        # only what the command needs is imported: serving starts within a second
        from importlib import import_module

        return int(import_module(f"app.commands.{name}").run(options, parsed))

    return run


COMMANDS = {
    "serve": _load("serve"),
    "migrate": _load("migrate"),
    "create-user": _load("create_user"),
    "token": _load("token"),
    "check": _load("check"),
}
