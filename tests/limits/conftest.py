"""Servers whose limits a test sets."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.conftest import StartServer
from tests.services.parley import ParleyServer

METRICS = "metrics-token-of-the-tests"

Limited = Callable[..., ParleyServer]


@pytest.fixture
def limited(start_server: StartServer) -> Limited:
    """Starts a server where guests may come in and the operator may read figures."""
    return partial(start_server, guests=True, metrics_token=METRICS)
