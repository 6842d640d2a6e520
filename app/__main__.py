"""Makes `python -m app` the command."""

import os
import sys

from app.cli import main

if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # all is committed or given up by now: a thread that still waits for a frozen database must
    # not hold up the exit, as an ordinary end of the interpreter would
    os._exit(code)
