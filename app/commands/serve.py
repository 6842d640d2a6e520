"""Runs the server until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from typing import Any

from peewee import Database

from app.access.secret_file import load_secrets
from app.application import Parley
from app.log import start_log
from app.parts import Parts, secret_path
from app.production import check_identity_secrets, check_production
from app.rooms.names import check_fixed
from app.settings import SettingError, Settings
from models import base, schema

log = logging.getLogger("parley")


def run(options: Settings, arguments: dict[str, Any]) -> int:
    """The exit code: 0 after a clean stop, 1 when accepted messages may not be stored."""
    start_log(options.log_level)
    check_identity_secrets(options)
    check_fixed(options.fixed_rooms)
    if options.production:
        check_production(options, load_secrets(secret_path(options)))
    db = base.connect(options.database_url)
    if options.migrate:
        for name in schema.migrate(db):
            log.info("migrated %s", name)
    elif pending := schema.pending(db):
        raise SettingError(f"the database needs `python -m app migrate`: {', '.join(pending)}")
    else:
        schema.refuse_newer(db)
    return asyncio.run(_serve(options, db))


async def _serve(options: Settings, db: Database) -> int:
    parley = Parley(Parts(options, db))
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    port = await parley.start()
    _collect_rarely()
    host = f"[{options.address}]" if ":" in options.address else options.address
    print(f"Parley is ready on http://{host}:{port}", flush=True)
    await stop.wait()
    log.info("stopping")
    drained = await parley.drain()
    log.info("stopped" if drained else "stopped before all was stored")
    return 0 if drained else 1


def _collect_rarely() -> None:
    """What is there now stays, so the garbage collector need not walk through it; and what comes
    is nearly all without cycles. Without this it takes a tenth of the time of a busy server.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
