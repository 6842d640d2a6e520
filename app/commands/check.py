"""Says whether this server could start: settings, secrets, database, migrations."""

from __future__ import annotations

from typing import Any

from app.access.secret_file import load_secrets
from app.parts import secret_path
from app.production import check_identity_secrets, check_production
from app.rooms.names import check_fixed
from app.settings import Settings
from models import base, schema

# seconds that Redis may take to answer
PATIENCE = 2.0


def run(options: Settings, arguments: dict[str, Any]) -> int:
    secrets = load_secrets(secret_path(options))
    print(f"settings: fine; {len(secrets)} cookie secret(s)")
    check_identity_secrets(options)
    check_fixed(options.fixed_rooms)
    if options.production:
        check_production(options, secrets)
        print("production: fine")
    return 0 if all((_database_is_fine(options), _redis_is_fine(options))) else 1


def _redis_is_fine(options: Settings) -> bool:
    """A server starts without it, but the others' news would not come."""
    if not options.redis_url:
        return True
    from redis import Redis, RedisError

    patience = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
    try:
        with Redis.from_url(options.redis_url, **patience) as redis:
            redis.ping()
    except (RedisError, OSError) as error:
        print(f"redis: not reachable: {error}")
        return False
    print("redis: fine")
    return True


def _database_is_fine(options: Settings) -> bool:
    db = base.connect(options.database_url)
    try:
        newer, pending = schema.newer(db), schema.pending(db)
    except Exception as error:  # whatever the driver raises: the operator wants to read it
        print(f"database: not reachable: {error}")
        return False
    if newer:
        print(f"database: has the schema of a newer version: {', '.join(newer)}")
    else:
        print(f"database: {'needs migrations: ' + ', '.join(pending) if pending else 'fine'}")
    return not (newer or pending)
