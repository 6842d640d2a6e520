"""What the kernel says about a process: CPU time and memory of its own."""

import os
from pathlib import Path
from typing import NamedTuple

CORES = os.cpu_count() or 1
TICK = 1.0 / os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads so far, in seconds (10 ms steps)."""
    # The name in brackets may itself hold spaces and brackets: cut behind the last one.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK


def private_bytes(pid: int) -> int:
    """Memory that no other process shares: what would be free again if it ended."""
    total = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(("Private_Clean:", "Private_Dirty:")):
            total += int(line.split()[1]) * 1024
    return total


def has_nice_thread(pid: int) -> bool:
    """Whether one of its threads gives way to others."""
    for stat in Path(f"/proc/{pid}/task").glob("*/stat"):
        if int(stat.read_text().rpartition(")")[2].split()[16]) > 0:
            return True
    return False


def idle_seconds() -> float:
    """What all cores together have idled since boot."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return (int(fields[4]) + int(fields[5])) * TICK


class Usage(NamedTuple):
    """Everybody's CPU seconds at one moment, or between two."""

    server: float
    database: float
    generator: float
    machine_idle: float

    @classmethod
    def read(cls, server_pid: int, database_pid: int | None) -> "Usage":
        return cls(
            cpu_seconds(server_pid),
            cpu_seconds(database_pid) if database_pid else 0.0,
            cpu_seconds(os.getpid()),
            idle_seconds(),
        )

    def since(self, earlier: "Usage") -> "Usage":
        return Usage(*(now - then for now, then in zip(self, earlier, strict=True)))

    def others(self, seconds: float) -> float:
        """The share of all cores that went to processes outside the benchmark meanwhile."""
        ours = self.server + self.database + self.generator
        return max(0.0, 1 - (self.machine_idle + ours) / (seconds * CORES))
