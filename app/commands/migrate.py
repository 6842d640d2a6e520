"""Brings the database's schema forward, or back."""

from __future__ import annotations

from typing import Any

from app.settings import Settings
from models import base, schema, storage


def run(options: Settings, arguments: dict[str, Any]) -> int:
    db = base.connect(options.database_url)
    if arguments["new_epoch"]:
        storage.check_integrity(db)
    move = schema.migrate_back if arguments["back"] else schema.migrate
    names = move(db, arguments["to"])
    word = "reverted" if arguments["back"] else "applied"
    print("\n".join(f"{word} {name}" for name in names) or "nothing to do")
    if arguments["new_epoch"]:
        with db.connection_context():
            print(f"epoch {storage.replace_epoch()}")
    return 0
