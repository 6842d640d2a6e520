"""The design that Parley is measured against: what a tutorial would do.

Tornado and peewee, the same wire shapes, and for every message one `create` with its own
commit inside on_message, then the pushes. No seq, no dedupe, no receipts, no checks.
It is started as Parley is (`python -m tests.bench.naive serve ...`); flags for what it
has not are ignored.
"""

import argparse
import asyncio
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt
import peewee
from tornado.httpserver import HTTPServer
from tornado.web import Application
from tornado.websocket import WebSocketHandler

BEARER = "parley.bearer."
database = peewee.DatabaseProxy()


class ChatLog(peewee.Model):
    id = peewee.AutoField()
    me = peewee.IntegerField(index=True)
    other = peewee.IntegerField(index=True)
    client_id = peewee.CharField(64)
    content = peewee.TextField()
    time = peewee.BigIntegerField()

    class Meta:
        database = database


class NaiveHandler(WebSocketHandler):
    """One socket per user, kept in a dict by user id."""

    clients: dict[int, "NaiveHandler"]
    people: dict[str, int]
    user_id = 0

    def initialize(self, secrets: dict[str, str]) -> None:
        self.secrets = secrets

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return subprotocols[0] if subprotocols else None

    def open(self, *args: str, **kwargs: str) -> None:
        self.set_nodelay(True)
        subject = self._subject()
        self.user_id = self.people.setdefault(subject, len(self.people) + 1)
        self.clients[self.user_id] = self
        user = {"user_id": self.user_id, "username": subject}
        self._push({"errorcode": 3, "data": {"event": "hello", "user": user}})

    def _subject(self) -> str:
        offered = self.request.headers["Sec-WebSocket-Protocol"].split(",")
        token = offered[-1].strip().removeprefix(BEARER)
        secret = self.secrets[jwt.get_unverified_header(token)["kid"]]
        claims = jwt.decode(token, secret, algorithms=["HS256"], audience="parley")
        return str(claims["sub"])

    def on_message(self, message: str | bytes) -> None:
        data = json.loads(message)["data"]
        now = int(time.time() * 1000)
        row = ChatLog.create(
            me=self.user_id,
            other=data["other"],
            client_id=data["client_id"],
            content=data["content"],
            time=now,
        )
        self._deliver(row)

    def _deliver(self, row: ChatLog) -> None:
        other = self.clients.get(row.other)
        extra = {"seq": row.id, "time": row.time, "client_id": row.client_id}
        mine = {"user_id": row.other, "data": [">", row.content, "just now", extra]}
        self._push({"errorcode": 1 if other else 2, "data": mine})
        if other:
            extra = {"seq": row.id, "time": row.time}
            theirs = {"user_id": row.me, "data": ["<", row.content, "just now", extra]}
            other._push({"errorcode": 0, "data": theirs})

    def _push(self, envelope: dict[str, Any]) -> None:
        self.write_message(json.dumps(envelope))

    def on_close(self) -> None:
        if self.clients.get(self.user_id) is self:
            del self.clients[self.user_id]


NaiveHandler.clients = {}
NaiveHandler.people = {}


def connect(url: str) -> peewee.Database:
    """The same durability as Parley's: every commit is on the disk."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        pragmas = {"journal_mode": "wal", "synchronous": "full"}
        return peewee.SqliteDatabase(parts.path[1:], pragmas=pragmas)
    return peewee.MySQLDatabase(
        parts.path[1:],
        host=parts.hostname,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        charset="utf8mb4",
    )


async def serve(handler: type[NaiveHandler], options: argparse.Namespace) -> None:
    """Listen and go on until the process is ended."""
    secrets = json.loads(options.identity_secrets_file.read_text("utf-8"))
    application = Application(
        [("/user/chatwebsocket", handler, {"secrets": secrets})],
        websocket_ping_interval=options.ping_interval,
    )
    server = HTTPServer(application)
    server.listen(options.port, "127.0.0.1")
    # The line that Parley prints, too: the harness waits for it.
    print(f"Parley is ready on http://127.0.0.1:{options.port} (a variant)", flush=True)
    await asyncio.Event().wait()


def parse(text: str | None) -> argparse.Namespace:
    """The flags of Parley that a variant knows; the others are ignored."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("command", choices=["serve"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--identity-secrets-file", type=Path, required=True)
    parser.add_argument("--ping-interval", type=float, default=25)
    return parser.parse_known_args()[0]


def main() -> None:
    options = parse(__doc__)
    database.initialize(connect(options.database_url))
    database.connect()
    database.create_tables([ChatLog])
    asyncio.run(serve(NaiveHandler, options))


if __name__ == "__main__":
    main()
