"""A command, run as an operator runs it."""

from tests.services.parley import run_parley

FIRST = "0001_first_tables"


def run(*arguments: str, stdin: str = "", code: int = 0) -> str:
    """What it prints; it has to end with this exit code, and without a traceback."""
    done = run_parley(*arguments, stdin=stdin)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code in (0, 1) else done.stderr
