"""The real server, except that bcrypt does its fewest rounds: 2^4 of them and not 2^12.

    python -m tests.quick_server serve ...

Nearly every browser test begins with people who sign up, at 0.2 s of a core for each. What is
stored has the same form, and is made and checked by the same code. Tests of passwords, of the gate
and of what a sign-in costs run the server as it is.
"""

import os
import sys

import bcrypt

from app.cli import main

FEWEST = 4
salt = bcrypt.gensalt


def quick_salt(rounds: int = FEWEST, prefix: bytes = b"2b") -> bytes:
    return salt(min(rounds, FEWEST), prefix)


if __name__ == "__main__":
    bcrypt.gensalt = quick_salt
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # as app/__main__.py ends
