"""docker-compose.yml brought up from a clean copy, as a project of its own on a free port."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

from tests.services.parley import ROOT
from tests.services.ports import free_port

READY_SECONDS = 120.0
COMMAND_SECONDS = 900.0  # the first build fetches images and packages
POLL_SECONDS = 0.2


def run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """The output of a command that has to succeed."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )
    if done.returncode:
        words = " ".join(command)
        raise RuntimeError(f"{words}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def compose_command() -> list[str]:
    """Compose v2, the plugin of docker, or else v1, the docker-compose program."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            known = subprocess.run(
                [*command, "version"], capture_output=True, stdin=subprocess.DEVNULL, check=False
            )
            if known.returncode == 0:
                return command
    raise RuntimeError("Please install Docker with Compose (v2, or docker-compose 1.29)")


def copy_tree(target: Path) -> None:
    """What a fresh clone of this tree would hold."""
    names = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


class Stack:
    """The project's containers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = f"parleytest{uuid.uuid4().hex[:8]}"
        self.port = free_port()
        self._compose = [*compose_command(), "--project-name", self.project]
        copy_tree(folder)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def compose(self, *arguments: str) -> str:
        env = {"PARLEY_PUBLISH": f"127.0.0.1:{self.port}"}
        return run(*self._compose, *arguments, cwd=self.folder, env=env)

    def up(self) -> None:
        self.compose("up", "--detach", "--build")
        self.wait_ready()

    def restart(self) -> None:
        self.compose("restart", "mysql", "parley")
        self.wait_ready()

    def down(self, *, volumes: bool = False) -> None:
        extra = ["--volumes", "--rmi", "local"] if volumes else []
        self.compose("down", "--remove-orphans", *extra)

    def wait_ready(self) -> None:
        """Wait until Docker calls both services healthy and the published port answers."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._ready():
            if time.monotonic() > deadline:
                raise RuntimeError(f"not healthy:\n{self.compose('ps')}\n{self.logs()}")
            time.sleep(POLL_SECONDS)

    def health(self, service: str) -> str:
        return str(self.inspect(service)["State"].get("Health", {}).get("Status"))

    def inspect(self, service: str) -> dict[str, Any]:
        container = self.compose("ps", "--all", "--quiet", service).strip()
        if not container:
            return {"State": {}}
        found: dict[str, Any] = json.loads(run("docker", "inspect", container))[0]
        return found

    def execute(self, service: str, *command: str) -> str:
        """Run a command in a running container."""
        return self.compose("exec", "-T", service, *command)

    def logs(self) -> str:
        return self.compose("logs", "--no-color", "--tail", "100")

    def _ready(self) -> bool:
        return (
            all(self.health(service) == "healthy" for service in ("mysql", "parley"))
            and self._answers()
        )

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False
