"""A real Parley server in a process of its own, started with any flags."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Self

from tests.services.ports import free_port
from tests.services.process import START_SECONDS, OwnedProcess

ROOT = Path(__file__).resolve().parents[2]
# What is run where many sign up who are not what the test is about.
QUICK = "tests.quick_server"
READY = re.compile(r"^Parley is ready on http://(?P<host>[^:/]+):(?P<port>\d+)")
UNEXPECTED = re.compile(r"Traceback \(most recent call last\)|\b(?:ERROR|CRITICAL)\b|Warning: ")

# Tests and load are faster than people; a test of a limit names that limit.
UNLIMITED = {
    "message_rate": 0,
    "frame_rate": 0,
    "request_rate": 0,
    "handshake_rate": 0,
    "login_attempts": 0,
    "login_attempts_per_address": 0,
    "signups_per_address": 0,
    "sockets_per_user": 0,
}

SettingValue = str | int | float | bool | Path


class UnexpectedLogError(AssertionError):
    """The server logged an error that the test did not announce with allow()."""


class ParleyServer(OwnedProcess):
    """`with ParleyServer(database_url=url, message_rate=5) as server: server.url`.

    Keyword arguments become flags (message_rate=5 is `--message-rate 5`; True and False are on and
    off). Limits are off unless named. The port, the folder and the database stay the same over
    stop(), kill(), start() and restart().
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        module: str = "app",
        folder: Path | None = None,
        env: dict[str, str] | None = None,
        **settings: SettingValue,
    ) -> None:
        self._own_folder = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="parley-server-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        super().__init__(self.folder / "server.log")
        self.module = module
        self.env = env or {}
        self.settings: dict[str, SettingValue] = {
            "data_dir": self.folder / "data",
            "database_url": f"sqlite:///{self.folder / 'parley.db'}",
            **UNLIMITED,
            **settings,
        }
        self.stdout: list[str] = []
        self._allowed: list[re.Pattern[str]] = []
        self._checked = 0

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://{self.host}:{self.port}/user/chatwebsocket"

    @property
    def database_url(self) -> str:
        return str(self.settings["database_url"])

    @property
    def command(self) -> list[str]:
        """What is run. The port is chosen here, not by `--port 0`, so that a restart keeps it."""
        flags = [part for name, value in self.settings.items() for part in _flag(name, value)]
        return [sys.executable, "-m", self.module, "serve", "--port", str(self.port), *flags]

    def start(self) -> Self:
        """Start it and wait until it says that it accepts connections."""
        child = self._spawn(
            self.command, env=_environment(self.env), cwd=ROOT, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        told = threading.Event()
        reader = threading.Thread(target=self._read, args=(child.stdout, told), daemon=True)
        self.stdout = []
        reader.start()
        if not told.wait(START_SECONDS) or not any(READY.match(line) for line in self.stdout):
            self.kill()  # it may have ended by itself; now nobody wonders at that
            raise RuntimeError(f"Parley did not become ready:\n{self.tail()}")
        return self

    def stop(self) -> int:
        """SIGTERM, wait, look through the log; the exit code."""
        code = super().stop()
        self.check_log()
        return code

    def restart(self) -> Self:
        """Stop it in order (or leave it dead, if it is) and start it again on the same port."""
        if self.running:
            self.stop()
        return self.start()

    # The same for tests whose clients live on an event loop that must go on meanwhile.
    async def start_async(self) -> Self:
        return await asyncio.to_thread(self.start)

    async def stop_async(self) -> int:
        return await asyncio.to_thread(self.stop)

    async def restart_async(self) -> Self:
        return await asyncio.to_thread(self.restart)

    def allow(self, pattern: str) -> None:
        """Expect log lines that match this regular expression: they fail no test."""
        self._allowed.append(re.compile(pattern))

    def check_log(self) -> None:
        """Fail when the log has got a traceback or an unexpected error since the last check."""
        lines = self.log.splitlines()
        fresh, self._checked = lines[self._checked :], len(lines)
        bad = [line for line in fresh if UNEXPECTED.search(line) and not self._is_allowed(line)]
        if bad:
            raise UnexpectedLogError("\n".join([*bad, "--- the log:", *fresh[-60:]]))

    def finish(self) -> None:
        """The end of a test: an orderly stop must give exit code 0 and leave a clean log."""
        try:
            assert self.running or self._end_expected, f"it ended by itself:\n{self.tail()}"
            if self.running:
                code = self.stop()
                assert code == 0, f"exit code {code} after SIGTERM:\n{self.tail()}"
        finally:
            self.close()

    def close(self) -> None:
        super().close()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __exit__(self, *failure: object) -> None:
        """A test that fails already says more by its own error than by the server's log."""
        if failure[1] is None:
            self.finish()
        else:
            self.close()

    def _is_allowed(self, line: str) -> bool:
        return any(pattern.search(line) for pattern in self._allowed)

    def _read(self, stream: IO[str], told: threading.Event) -> None:
        """Keep the pipe empty; announce the ready line, or the end if there is none."""
        with stream, contextlib.suppress(ValueError):
            for line in stream:
                self.stdout.append(line.rstrip("\n"))
                if READY.match(line):
                    told.set()
        told.set()


def run_parley(
    *arguments: str, stdin: str = "", env: dict[str, str] | None = None, module: str = "app"
) -> subprocess.CompletedProcess[str]:
    """Run one of the other commands to its end: `run_parley("migrate", "--database-url", url)`."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        env=_environment(env or {}),
        cwd=ROOT,
        timeout=60,
        check=False,
        start_new_session=True,  # without a terminal: what asks there would ask the developer
    )


def _environment(extra: dict[str, str]) -> dict[str, str]:
    """Ours without any PARLEY_ setting: a developer's own must not change what is tested."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    return {**plain, "PYTHONUNBUFFERED": "1", **extra}


def _flag(name: str, value: SettingValue) -> tuple[str, str]:
    if isinstance(value, bool):
        value = "on" if value else "off"
    return f"--{name.replace('_', '-')}", str(value)
