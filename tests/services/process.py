"""One server process that we own: started, stopped, killed, frozen and thawed by its pid."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

START_SECONDS = 30.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.02

_started: set[OwnedProcess] = set()


class OwnedProcess:
    """A child process whose stderr goes to a file. Subclasses say what to run."""

    def __init__(self, log_path: Path) -> None:
        self.log_path = log_path
        self._process: subprocess.Popen[str] | None = None
        self._end_expected = False

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        return self._child().pid

    @property
    def log(self) -> str:
        """Everything written to stderr since the first start."""
        if not self.log_path.exists():
            return ""
        return self.log_path.read_text("utf-8", errors="replace")

    def start(self) -> Self:
        raise NotImplementedError

    def stop(self) -> int:
        """End it with SIGTERM, as an operator would, and return its exit code."""
        child = self._child()
        self._end_expected = True
        if child.poll() is None:
            child.send_signal(signal.SIGCONT)  # a frozen process cannot hear SIGTERM
            child.send_signal(signal.SIGTERM)
        return self._wait(STOP_SECONDS)

    def wait_for_end(self, seconds: float = STOP_SECONDS) -> int:
        """Wait until it ends by itself; its exit code."""
        self._end_expected = True
        return self._child().wait(seconds)

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self._end_expected = True
        self._child().kill()
        self._child().wait()

    def pause(self) -> None:
        """Freeze it: it keeps its connections and answers nothing."""
        self._child().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._child().send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Make sure that it is gone, however it is."""
        if self.running:
            self.kill()

    def close(self) -> None:
        """End it for good and remove what it leaves behind."""
        self.end()
        _started.discard(self)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _spawn(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdout: int | None = None,
    ) -> subprocess.Popen[str]:
        """Start the command in a session of its own: Ctrl-C in the test run misses it."""
        if self.running:
            raise RuntimeError(f"{command[0]} is running already (pid {self.pid})")
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log if stdout is None else stdout,
                stderr=log,
                env=None if env is None else dict(env),
                cwd=cwd,
                start_new_session=True,
                text=True,
            )
        self._end_expected = False
        _started.add(self)
        return self._process

    def _wait(self, seconds: float) -> int:
        child = self._child()
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            message = f"pid {child.pid} did not end within {seconds} s of SIGTERM:\n{self.tail()}"
            raise AssertionError(message) from None

    def _wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Wait for a visible state of the running child, at most START_SECONDS."""
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            if not self.running:
                raise RuntimeError(f"{what}: it ended instead:\n{self.tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{what}: not within {START_SECONDS} s:\n{self.tail()}")
            time.sleep(POLL_SECONDS)

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.splitlines()[-lines:])

    def _child(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("it was never started")
        return self._process


def find_program(*names: str) -> str:
    """The first of these programs that is installed, servers outside an ordinary PATH included."""
    folders = os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin"
    for name in names:
        for folder in folders.split(":"):
            path = Path(folder, name)
            if path.is_file() and os.access(path, os.X_OK):
                return str(path)
    raise RuntimeError(f"not installed: {' or '.join(names)} (`make test` installs what it needs)")


@atexit.register
def _end_all() -> None:
    for process in list(_started):
        process.close()
