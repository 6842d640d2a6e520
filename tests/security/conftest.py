"""One open server a file: guests may enter, a host site signs for its members, no limits."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.security.site import SECRETS, SHOP
from tests.services.parley import ParleyServer


@pytest.fixture
def secrets_file(tmp_path: Path) -> Path:
    """The host site's keys, for a test that changes them."""
    path = tmp_path / "identity.json"
    path.write_text(json.dumps(SECRETS))
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParleyServer]:
    """A server that all tests of a file share."""
    folder = tmp_path_factory.mktemp("site")
    keys = folder / "identity.json"
    keys.write_text(json.dumps(SECRETS))
    with ParleyServer(
        folder=folder,
        guests=True,
        allowed_origins=f"{SHOP},https://www.shop.example:8443",
        identity_secrets_file=keys,
        operators="room operator",
    ) as server:
        yield server
