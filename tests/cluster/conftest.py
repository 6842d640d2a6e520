"""Two processes, on a database of their own and a Redis of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.servers import Cluster
from tests.services.redis import Redis


@pytest.fixture
def cluster(tmp_path: Path, database_url: str, own_redis: Redis) -> Iterator[Cluster]:
    """On each of the databases; they have to leave with exit code 0 and clean logs."""
    with Cluster(tmp_path, database_url, own_redis.url) as processes:
        yield processes


@pytest.fixture
def any_cluster(tmp_path: Path, mariadb_url: str, own_redis: Redis) -> Iterator[Cluster]:
    """The same on the one that a process which is frozen does not lock for the others."""
    with Cluster(tmp_path, mariadb_url, own_redis.url) as processes:
        yield processes
