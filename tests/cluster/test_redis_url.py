"""What an operator can get wrong about Redis, and how it is said."""

import pytest

from tests.conftest import StartServer
from tests.services.parley import run_parley


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1",
        "127.0.0.1:6379",
        "redis://secret@host:port",
        "redis://:secret/1@host:6379",
        "redis://:secret#1@host:6379",
        "redis://:secret?1@host:6379",
        "redis://127.0.0.1:6379/secret",
        "unix://",
        "unix:///",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(url: str) -> None:
    done = run_parley("check", "--redis-url", url)
    assert done.returncode == 2
    assert (done.stderr[:17], len(done.stderr.splitlines())) == ("parley: redis_url", 1)
    assert "secret" not in done.stderr + done.stdout


def test_a_redis_that_is_not_there_is_named_once(
    sqlite_url: str, start_server: StartServer
) -> None:
    server = start_server(database_url=sqlite_url, redis_url="redis://:secret@127.0.0.1:1/0")
    assert server.log.count("redis: away (") == 1
    assert "redis: away at start" in server.log
    assert "secret" not in server.log
