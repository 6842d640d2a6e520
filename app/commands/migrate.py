"""Brings the database's schema forward, or back."""

from __future__ import annotations

from typing import Any

from app.settings import Settings
from models import base, schema, storage


def run(options: Settings, arguments: dict[str, Any]) -> int:
    db = base.connect(options.database_url)
    if arguments["new_epoch"]:
        storage.check_integrity(db)
    if arguments["back"]:
        names = schema.migrate_back(db, arguments["to"], drop_data=arguments["drop_data"])
    else:
        names = schema.migrate(db, arguments["to"])
    word = "reverted" if arguments["back"] else "applied"
    print("\n".join(f"{word} {name}" for name in names) or "nothing to do")
    if arguments["new_epoch"]:
        with db.connection_context():
            print(f"epoch {storage.replace_epoch()}")
    return 0
