from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compose.stack import Stack


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`docker compose up` on a fresh copy; everything it made is gone afterwards."""
    containers = Stack(tmp_path_factory.mktemp("compose"))
    try:
        containers.up()
        yield containers
    finally:
        containers.down(volumes=True)
