"""`--production on` starts with good secrets, and with no other."""

import json
import os
import stat
import string
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.client import PATIENCE
from tests.security.site import by_token, call, claims, sign
from tests.services.parley import ParleyServer, run_parley

GOOD = "4Kp9vQx2Lr7Tz1Nw8Yb3Hs6Jd5Fg0Mc_"
WEAK_COOKIE = {
    "empty": "",
    "only blanks": "  \n\n",
    "short": GOOD[:31],
    "one letter": "a" * 64,
    "few letters": "abcabc" * 10,
    "a weak one beside a good one": f"{GOOD}\nchangeme",
}
WEAK_IDENTITY: dict[str, object] = {
    "short": {"2026": GOOD[:31]},
    "empty": {"2026": ""},
    "one letter": {"2026": "a" * 64},
    "weak beside good": {"2026": GOOD, "2025": "secret"},
    "a number": {"2026": 12345},
    "a list": [GOOD],
    "no JSON": "{",
}
WEAK_PASSWORDS = ["", "root", "password", "parley", "PARLEY", "mysql", "secret", "changeme"]


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(GOOD)
    return path


def check(tmp_path: Path, secret_file: Path, **settings: str | Path) -> tuple[int, str]:
    """Exit code and words of `check --production on`, which looks as `serve` does."""
    flags = {
        "production": "on",
        "database_url": f"sqlite:///{tmp_path / 'parley.db'}",
        "data_dir": tmp_path,
        "secret_file": secret_file,
        **settings,
    }
    parts = [str(p) for name, v in flags.items() for p in (f"--{name.replace('_', '-')}", v)]
    done = run_parley("check", *parts)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def refused(outcome: tuple[int, str], *words: str) -> None:
    code, text = outcome
    assert code == 2, text
    assert all(word in text for word in words), text
    assert len(text.splitlines()) <= 2


@pytest.mark.parametrize("text", WEAK_COOKIE.values(), ids=WEAK_COOKIE)
def test_a_weak_cookie_secret_is_refused(tmp_path: Path, secret_file: Path, text: str) -> None:
    secret_file.write_text(text)
    refused(check(tmp_path, secret_file), "secret")


@pytest.mark.parametrize("keys", WEAK_IDENTITY.values(), ids=WEAK_IDENTITY)
def test_a_weak_identity_secret_is_refused(tmp_path: Path, secret_file: Path, keys: object) -> None:
    path = tmp_path / "identity.json"
    path.write_text(keys if isinstance(keys, str) else json.dumps(keys))
    outcome = check(tmp_path, secret_file, identity_secrets_file=path)
    refused(outcome)
    assert GOOD not in outcome[1]


def test_a_missing_identity_file_is_refused(tmp_path: Path, secret_file: Path) -> None:
    refused(check(tmp_path, secret_file, identity_secrets_file=tmp_path / "none.json"), "none.json")


@pytest.mark.parametrize("password", WEAK_PASSWORDS)
def test_a_well_known_database_password_is_refused(
    tmp_path: Path, secret_file: Path, password: str
) -> None:
    url = f"mysql://parley:{password}@127.0.0.1:1/parley"
    refused(check(tmp_path, secret_file, database_url=url), "database_url")


def test_a_short_metrics_token_is_refused(tmp_path: Path, secret_file: Path) -> None:
    refused(check(tmp_path, secret_file, metrics_token="short"), "metrics_token")


def test_the_server_itself_refuses_to_start(tmp_path: Path) -> None:
    weak = tmp_path / "weak"
    weak.write_text("changeme")
    server = ParleyServer(folder=tmp_path / "server", production=True, secret_file=weak)
    with pytest.raises(RuntimeError, match="cookie secret is weak"):
        server.start()
    server.close()


def test_without_the_flag_an_empty_secret_is_refused_as_well(tmp_path: Path) -> None:
    """An empty key signs happily, for everybody."""
    empty = tmp_path / "empty"
    empty.write_text("\n")
    server = ParleyServer(folder=tmp_path / "server", secret_file=empty)
    with pytest.raises(RuntimeError, match="holds no secret"):
        server.start()
    server.close()


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[ParleyServer]:
    """A production server with a secret that it made itself."""
    keys = tmp_path / "identity.json"
    keys.write_text(json.dumps({"2026": GOOD, "2025": GOOD[::-1]}))
    old = os.umask(0)  # the file must be private even where nothing is by itself
    try:
        with ParleyServer(
            folder=tmp_path / "server",
            production=True,
            identity_secrets_file=keys,
            metrics_token=GOOD,
        ) as server:
            yield server
    finally:
        os.umask(old)


def test_good_secrets_are_accepted(strict: ParleyServer) -> None:
    assert strict.running


def test_a_weak_identity_secret_is_refused_at_run_time_too(strict: ParleyServer) -> None:
    """Keys are read again when the file changes; the last good ones stay."""
    strict.allow("identity secrets not read.*weak")
    good = sign(claims(), GOOD, kid="2026")
    assert call(strict.url, "GET", "/api/v1/me", by_token(good)).status == HTTPStatus.OK
    Path(str(strict.settings["identity_secrets_file"])).write_text('{"2026": "weak"}')
    deadline = time.monotonic() + PATIENCE
    while "is weak" not in strict.log:  # until it has been looked at
        assert time.monotonic() < deadline
        assert call(strict.url, "GET", "/healthz").status == HTTPStatus.OK
    forged = sign(claims(), "weak", kid="2026")
    assert call(strict.url, "GET", "/api/v1/me", by_token(forged)).status == HTTPStatus.UNAUTHORIZED
    assert call(strict.url, "GET", "/api/v1/me", by_token(good)).status == HTTPStatus.OK


def test_the_secret_that_the_server_makes_is_strong_and_private(strict: ParleyServer) -> None:
    path = strict.folder / "data" / "secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secret"]
    secret = path.read_text().strip()
    assert len(secret) >= 43  # 256 bits in base64
    assert set(secret) <= set(string.ascii_letters + string.digits + "-_")
    strict.restart()
    assert path.read_text().strip() == secret


def test_two_servers_make_two_secrets(tmp_path: Path) -> None:
    found = set()
    for number in range(2):
        with ParleyServer(folder=tmp_path / str(number)) as server:
            found.add((server.folder / "data" / "secret").read_text())
    assert len(found) == 2
