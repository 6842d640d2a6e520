"""Fixtures of the fault tests: the real server, open to guests, with every limit off."""

import pytest

from tests.conftest import StartServer
from tests.services.parley import ParleyServer, SettingValue


@pytest.fixture
def start_open(start_server: StartServer) -> StartServer:
    """Starts servers that guests may enter: they need no bcrypt, so a crowd is there at once."""

    def start(
        *, module: str = "app", env: dict[str, str] | None = None, **settings: SettingValue
    ) -> ParleyServer:
        settings = {"guests": True, **settings}
        return start_server(module=module, env=env, **settings)

    return start


@pytest.fixture
def open_server(database_url: str, start_open: StartServer) -> StartServer:
    """The same, once on SQLite and once on MariaDB."""

    def start(
        *, module: str = "app", env: dict[str, str] | None = None, **settings: SettingValue
    ) -> ParleyServer:
        return start_open(module=module, env=env, database_url=database_url, **settings)

    return start
