"""What an operator can get wrong about Redis, and how it is said."""

from pathlib import Path

import pytest

from tests.conftest import StartServer
from tests.services.parley import run_parley
from tests.services.redis import Redis


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


def test_check_asks_redis(tmp_path: Path, sqlite_url: str, redis_server: Redis) -> None:
    where = ("--database-url", sqlite_url, "--data-dir", str(tmp_path))
    run_parley("migrate", "--database-url", sqlite_url)
    done = run_parley("check", *where, "--redis-url", redis_server.url)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "redis: fine")
    done = run_parley("check", *where, "--redis-url", "redis://:secret@127.0.0.1:1/0")
    assert (done.returncode, "redis: not reachable" in done.stdout) == (1, True)
    assert "secret" not in (done.stdout + done.stderr).replace("cookie secret", "")


def test_a_redis_that_is_not_there_is_named_once(
    sqlite_url: str, start_server: StartServer
) -> None:
    server = start_server(database_url=sqlite_url, redis_url="redis://:secret@127.0.0.1:1/0")
    assert server.log.count("redis: away (") == 1
    assert "redis: away at start" in server.log
    assert "secret" not in server.log
