"""What the commands work on: a database, and a host site's keys."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def database(database_url: str) -> tuple[str, str]:
    return ("--database-url", database_url)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    secrets = {"2025": "first-secret-" + "0123456789abcdef" * 2, "2026": "second-" + "fedcba98" * 5}
    path.write_text(json.dumps(secrets))
    return path
