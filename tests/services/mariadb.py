"""A private MariaDB server on 127.0.0.1.

Its defaults are those of a careless operator: latin1, so that our tables must name utf8mb4
themselves. Its durability is that of a careful one: every commit is flushed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote, urlsplit

import pymysql

from tests.services.ports import free_port
from tests.services.process import OwnedProcess, find_program

SETTINGS = (
    "--innodb-flush-log-at-trx-commit=1",
    "--character-set-server=latin1",
    "--collation-server=latin1_swedish_ci",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--max-connections=200",
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M",
    "--key-buffer-size=1M",
    "--aria-pagecache-buffer-size=8M",
)


class MariaDB(OwnedProcess):
    """`with MariaDB() as mariadb: url = mariadb.create_database()`.

    The port and the data stay the same over stop(), kill() and start(); close() removes the data.
    """

    host = "127.0.0.1"
    user = "parley"
    password = "parley-test"

    def __init__(self, *options: str) -> None:
        """With further options of mariadbd's."""
        self.options = options
        self.folder = Path(tempfile.mkdtemp(prefix="parley-mariadb-"))
        self.socket = self.folder / "server.sock"
        self.port = free_port()
        super().__init__(self.folder / "server.log")

    def start(self) -> Self:
        if not (self.folder / "data").exists():
            self._install()
        self._spawn(
            [
                find_program("mariadbd"),
                "--no-defaults",
                *self._as_user(),
                f"--datadir={self.folder / 'data'}",
                f"--tmpdir={self.folder}",
                f"--socket={self.socket}",
                f"--pid-file={self.folder / 'server.pid'}",
                f"--init-file={self.folder / 'init.sql'}",
                f"--bind-address={self.host}",
                f"--port={self.port}",
                *SETTINGS,
                *self.options,
            ]
        )
        self._wait_until(self.answers, "waiting for MariaDB")
        return self

    def answers(self) -> bool:
        """Whether it accepts a connection and answers a query."""
        try:
            connection = self.connect(seconds=1)
        except pymysql.Error:
            return False
        connection.close()
        return True

    def create_database(self) -> str:
        """A new empty database, in the server's default character set, as a URL for Parley."""
        name = f"parley_{uuid.uuid4().hex[:12]}"
        self._administer(f"CREATE DATABASE {name}")
        password = quote(self.password, safe="")
        return f"mysql://{self.user}:{password}@{self.host}:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        self._administer(f"DROP DATABASE IF EXISTS {urlsplit(url).path[1:]}")

    def connect(self, url: str | None = None, seconds: float = 10) -> pymysql.Connection:
        """A plain connection for looking at what Parley stored (and for locking rows)."""
        parts = urlsplit(url or "")
        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=unquote(parts.password or self.password),
            database=parts.path[1:] or None,
            charset="utf8mb4",
            autocommit=True,
            connect_timeout=max(1, int(seconds)),
            read_timeout=seconds,
            write_timeout=seconds,
        )

    def close(self) -> None:
        """End the server and forget its data."""
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _install(self) -> None:
        account = f"{self.user}@'{self.host}'"
        grants = (
            f"CREATE USER IF NOT EXISTS {account} IDENTIFIED BY '{self.password}';\n"
            f"GRANT ALL ON *.* TO {account};\n"
        )
        (self.folder / "init.sql").write_text(grants, "utf-8")
        command = [
            find_program("mariadb-install-db"),
            "--no-defaults",
            *self._as_user(),
            f"--datadir={self.folder / 'data'}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--innodb-log-file-size=16M",
        ]
        # It would put temporary tables into /tmp, where another one starting removes them.
        env = {**os.environ, "TMPDIR": str(self.folder)}
        with self.log_path.open("ab") as log:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, check=False
            )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: exit code {done.returncode}\n{self.tail()}")

    def _administer(self, statement: str) -> None:
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    @staticmethod
    def _as_user() -> list[str]:
        """MariaDB refuses to run as root unless told so; anybody else it takes as they are."""
        return ["--user=root"] if os.geteuid() == 0 else []
