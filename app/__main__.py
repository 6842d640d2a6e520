"""Makes `python -m app` the command."""

import os
import sys

HERE = {"app", "handlers", "migrations", "models"}


def run() -> int:
    """The exit code. What is not installed is one line: every Python but one has none of it."""
    try:
        from app.cli import main

        return main()
    except ModuleNotFoundError as error:
        package = (error.name or "").split(".")[0]
        if not package or package in HERE:
            raise
        told = f"parley: {package} is not installed for {sys.executable}"
        print(f"{told}: `make setup`, then .venv/bin/python -m app", file=sys.stderr)
        return 2


if __name__ == "__main__":
    code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    # all is committed or given up by now: a thread that still waits for a frozen database must
    # not hold up the exit, as an ordinary end of the interpreter would
    os._exit(code)
