"""A database without a table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from peewee import Database

from models import base


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An empty database."""
    found = base.connect(database_url)
    yield found
    if not found.is_closed():
        found.close()
