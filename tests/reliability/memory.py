"""How much memory a process holds, from /proc."""

from pathlib import Path

KIB = 1024


def _field(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * KIB
    raise LookupError(name)


def resident(pid: int) -> int:
    """Bytes in memory now."""
    return _field(pid, "VmRSS")


def peak(pid: int) -> int:
    """The most bytes in memory since forget_peak."""
    return _field(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Begin a new peak at what is held now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
