"""Fixtures that every test may ask for: databases, servers, Redis. All of them are real."""

from __future__ import annotations

import gc
import signal
from collections.abc import AsyncIterator, Iterator
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Protocol

import pytest

from tests.client import Tab
from tests.services.mariadb import MariaDB
from tests.services.parley import ParleyServer, SettingValue
from tests.services.redis import Redis


def pytest_configure() -> None:
    """A run that is told to end (a CI that lost patience) still ends the servers it started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """The tests themselves stay to the end. To search them again and again for garbage stops for a
    fifth of a second, on a busy machine much longer, those who measure how long a server takes.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """One MariaDB for the whole run. A test that stops or freezes it asks for own_mariadb."""
    with MariaDB() as server:
        yield server


@pytest.fixture
def own_mariadb() -> Iterator[MariaDB]:
    """A MariaDB for one test, to be stopped, killed or frozen at will."""
    with MariaDB() as server:
        yield server


@pytest.fixture(scope="session")
def _shared_redis() -> Iterator[Redis]:
    with Redis() as server:
        yield server


@pytest.fixture
def redis_server(_shared_redis: Redis) -> Redis:
    """An empty Redis. A test that stops or freezes it asks for own_redis."""
    _shared_redis.flush()
    return _shared_redis


@pytest.fixture
def own_redis() -> Iterator[Redis]:
    """A Redis for one test, to be stopped, killed or frozen at will."""
    with Redis() as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database of its own for this test, on SQLite."""
    return f"sqlite:///{tmp_path / 'parley.db'}"


@pytest.fixture
def mariadb_url(mariadb: MariaDB) -> Iterator[str]:
    """A database of its own for this test, on MariaDB."""
    url = mariadb.create_database()
    yield url
    mariadb.drop_database(url)


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of its own for this test, which runs once on SQLite and once on MariaDB."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


class StartServer(Protocol):
    def __call__(
        self, *, module: str = "app", env: dict[str, str] | None = None, **settings: SettingValue
    ) -> ParleyServer: ...


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts servers: `start_server(database_url=url, message_rate=5)`. They end with the test.

    Without a database_url each has its own SQLite file. At the end every server must leave with
    exit code 0 and without an unexpected line in its log.
    """
    servers: list[ParleyServer] = []

    def start(
        *, module: str = "app", env: dict[str, str] | None = None, **settings: SettingValue
    ) -> ParleyServer:
        folder = tmp_path / f"server-{len(servers) + 1}"
        servers.append(ParleyServer(module=module, folder=folder, env=env, **settings))
        return servers[-1].start()

    yield start
    errors: list[Exception] = []
    for server in servers:
        try:
            server.finish()
        except AssertionError as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("servers that did not end well", errors)


@pytest.fixture
def server(database_url: str, start_server: StartServer) -> ParleyServer:
    """A running server on each of the databases, with every limit off."""
    return start_server(database_url=database_url)


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def module_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ParleyServer]:
    """One server for all tests of a module, with every limit off and guests let in.

    Flags of its own a module names in SERVER.
    """
    flags = {"guests": True, "in_flight": 0, **getattr(request.module, "SERVER", {})}
    if request.param == "mariadb":
        mariadb: MariaDB = request.getfixturevalue("mariadb")
        flags["database_url"] = mariadb.create_database()
    with ParleyServer(folder=tmp_path_factory.mktemp("server"), **flags) as server:
        yield server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test that has tabs closes them: one left open is some later test's warning."""
    for test in items:
        if not isinstance(test, pytest.Function) or not iscoroutinefunction(test.function):
            continue
        if "close_tabs" not in test.fixturenames:
            test.fixturenames.append("close_tabs")


@pytest.fixture
async def close_tabs() -> AsyncIterator[None]:
    """At the end of the test, closes every tab that is still open."""
    yield
    while Tab.opened:
        await Tab.opened[-1].close()


@pytest.fixture
async def shared_server(
    module_server: ParleyServer, close_tabs: None
) -> AsyncIterator[ParleyServer]:
    """The module's server; what it logged during this test is this test's failure."""
    yield module_server
    module_server.check_log()
