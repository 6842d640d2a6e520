"""Parley on Tornado's own wire: what the wire of our own gives is seen beside it.

Started as Parley is (`python -m tests.bench.stock_wire serve ...`).
"""

import sys

from app.cli import main
from handlers.wire import poller

if __name__ == "__main__":
    poller.WORKS_HERE = False
    sys.exit(main())
