"""Says whether this server could start: settings, secrets, database, migrations."""

from __future__ import annotations

from typing import Any

from app.access.secret_file import load_secrets
from app.parts import secret_path
from app.production import check_identity_secrets, check_production
from app.rooms.names import check_fixed
from app.settings import Settings
from models import base, schema


def run(options: Settings, arguments: dict[str, Any]) -> int:
    secrets = load_secrets(secret_path(options))
    print(f"settings: fine; {len(secrets)} cookie secret(s)")
    check_identity_secrets(options)
    check_fixed(options.fixed_rooms)
    if options.production:
        check_production(options, secrets)
        print("production: fine")
    db = base.connect(options.database_url)
    try:
        newer, pending = schema.newer(db), schema.pending(db)
    except Exception as error:  # whatever the driver raises: the operator wants to read it
        print(f"database: not reachable: {error}")
        return 1
    if newer:
        print(f"database: has the schema of a newer version: {', '.join(newer)}")
    else:
        print(f"database: {'needs migrations: ' + ', '.join(pending) if pending else 'fine'}")
    return 1 if newer or pending else 0
