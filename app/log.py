"""The log: one line an event, and nothing in it that is somebody's secret, at any level."""

from __future__ import annotations

import logging
import re
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
# whatever could end a line, or move the cursor of a terminal that shows the log
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# loggers that would write what people say: peewee's debug lines hold each statement's values
QUIET = ("peewee", "asyncio")


class OneLine(logging.Formatter):
    """Line ends inside an event, those of a traceback too, are written as escapes."""

    def format(self, record: logging.LogRecord) -> str:
        return CONTROL.sub(_escaped, super().format(record))


def start_log(level: str) -> None:
    """To standard error."""
    output = logging.StreamHandler(sys.stderr)
    output.setFormatter(OneLine(FORMAT))
    logging.basicConfig(handlers=[output], level=level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))
    logging.getLogger("tornado.general").addFilter(_without_headers)


def _without_headers(record: logging.LogRecord) -> bool:
    """Tornado says which header it could not read, and quotes it: it may be a cookie or a token."""
    if str(record.msg).startswith("Malformed HTTP message") and isinstance(record.args, tuple):
        record.args = tuple(re.split("[:'\"]", str(part))[0] for part in record.args)
    return True


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()
