"""Where the figures come from: without it they mean little."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.services.process import find_program

PACKAGES = ("tornado", "peewee", "pymysql", "orjson")


def describe() -> dict[str, str]:
    """The machine, its load at this moment, and the versions of what is measured."""
    return {
        "cpu": f"{os.cpu_count()} cores, {_cpu_name()}",
        "kernel": platform.release(),
        "load": Path("/proc/loadavg").read_text().split()[0],
        # of one process: it bounds how many may connect
        "open files": str(resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
        "python": platform.python_version(),
        "mariadb": _mariadb(),
        "node": _first_line("node", "--version"),
        **{name: version(name) for name in PACKAGES},
    }


def _cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _first_line(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return "not installed"
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _mariadb() -> str:
    try:
        command = [find_program("mariadbd"), "--version"]
    except RuntimeError:
        return "not installed"
    words = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    return words[2] if len(words) > 2 else "unknown"
