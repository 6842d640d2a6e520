"""What the tests of the benchmark share."""

from pathlib import Path

import pytest

from tests.bench.tokens import Minter


@pytest.fixture
def minter(tmp_path: Path) -> Minter:
    return Minter(tmp_path)
