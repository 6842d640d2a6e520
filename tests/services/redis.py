"""A private Redis server on 127.0.0.1, without persistence."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.services.ports import free_port
from tests.services.process import OwnedProcess, find_program


class Redis(OwnedProcess):
    """`with Redis() as server: server.url`. The port stays the same over stop() and start()."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="parley-redis-"))
        self.port = free_port()
        super().__init__(self.folder / "server.log")

    @property
    def url(self) -> str:
        return f"redis://{self.host}:{self.port}/0"

    def start(self) -> Self:
        self._spawn(
            [
                find_program("redis-server", "valkey-server"),
                *("--bind", self.host, "--port", str(self.port)),
                *("--dir", str(self.folder), "--save", "", "--appendonly", "no"),
            ]
        )
        self._wait_until(self.answers, "waiting for Redis")
        return self

    def answers(self) -> bool:
        try:
            with self.connect(seconds=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def connect(self, seconds: float = 10) -> redis.Redis:
        """A plain client for looking at what is stored there."""
        return redis.Redis(
            host=self.host,
            port=self.port,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )

    def flush(self) -> None:
        """Forget everything, as between two tests."""
        with self.connect() as client:
            client.flushall()

    def close(self) -> None:
        """End the server and remove its folder."""
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)
