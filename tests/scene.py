"""What many tests begin with: people who are new here, and what they say to each other."""

import sqlite3
from contextlib import closing
from itertools import count
from typing import Any
from urllib.parse import unquote, urlsplit

import pymysql

from tests.client import Person, Tab, answer, guest, ident
from tests.services.parley import ParleyServer

_numbers = count(1)


async def meet(server: ParleyServer, *names: str) -> list[Person]:
    """Guests who know nobody; their names are new in the whole run, so a server can be shared."""
    return [await guest(server.url, f"{name} {next(_numbers)}") for name in names]


async def say(tab: Tab, other: Person | int, *texts: str) -> list[int]:
    """Says all of it without waiting in between; the seqs."""
    refs = [tab.new_ref() for _ in texts]
    for ref, text in zip(refs, texts, strict=True):
        await tab.send("chat-to", {"other": ident(other), "content": text}, ref)
    return [(await tab.expect(answer(ref)))["data"]["data"][3]["seq"] for ref in refs]


async def write(sender: Person, other: Person | int, *texts: str) -> list[dict[str, Any]]:
    """Says it over HTTP, without a socket; the data of the answers."""
    path = f"/api/v1/conversations/{ident(other)}/messages"
    return [(await sender.request("POST", path, {"content": text})).data for text in texts]


def change(database_url: str, statement: str) -> None:
    """Runs one statement on the server's database, as an operator with a console would."""
    parts = urlsplit(database_url)
    if parts.scheme == "sqlite":
        with closing(sqlite3.connect(parts.path[1:], isolation_level=None)) as sqlite:
            sqlite.execute(statement)
        return
    mysql = pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path[1:],
        charset="utf8mb4",
        autocommit=True,
    )
    with closing(mysql), mysql.cursor() as cursor:
        cursor.execute(statement)
