"""Settings: a flag wins over the environment, that over the default; mistakes are one line."""

import dataclasses
from pathlib import Path
from socket import socket
from urllib.parse import quote

import pytest

from app import settings
from app.settings import SettingError, Settings, load
from tests.services.parley import ROOT, run_parley

NUMBERS = [field.name for field in settings.TABLE if type(field.default) in (int, float)]
SWITCHES = [field.name for field in settings.TABLE if type(field.default) is bool]


def test_defaults_need_nothing() -> None:
    assert load({}, {}) == Settings()


@pytest.mark.parametrize("name", [field.name for field in settings.TABLE])
def test_a_flag_wins_over_the_environment_and_that_over_the_default(name: str) -> None:
    texts = {
        "database_url": ("sqlite:///one.db", "sqlite:///two.db"),
        "allowed_origins": ("https://one.example", "https://two.example"),
        "registration": ("closed", "open"),
        "room_opening": ("members", "nobody"),
        "redis_url": ("redis://one:6379/0", "rediss://two:6379/1"),
        "timezone": ("Europe/Berlin", "Asia/Shanghai"),
        "log_level": ("debug", "error"),
    }
    default = getattr(Settings(), name)
    usual = ("on", "off") if isinstance(default, bool) else ("2011", "2012")
    one, two = texts.get(name, usual)
    environ = {"PARLEY_" + name.upper(): one}
    from_environment = getattr(load({}, environ), name)
    from_flag = getattr(load({name: two}, environ), name)
    assert (from_environment, from_flag) == (_parsed(default, one), _parsed(default, two))
    assert getattr(load({name: None}, {}), name) == default


def _parsed(default: object, text: str) -> object:
    if isinstance(default, bool):
        return text == "on"
    return type(default)(text)  # type: ignore[call-arg]


def test_the_environment_can_name_a_file(tmp_path: Path) -> None:
    path = tmp_path / "database_url"
    path.write_text("mysql://parley:s3cret@db/parley\n")
    environ = {"PARLEY_DATABASE_URL_FILE": str(path)}
    assert load({}, environ).database_url == "mysql://parley:s3cret@db/parley"
    both = {**environ, "PARLEY_DATABASE_URL": "sqlite:///x.db"}
    assert load({}, both).database_url == "sqlite:///x.db"
    assert load({"database_url": "sqlite:///y.db"}, both).database_url == "sqlite:///y.db"
    with pytest.raises(SettingError, match="PARLEY_DATABASE_URL_FILE"):
        load({}, {"PARLEY_DATABASE_URL_FILE": str(tmp_path / "missing")})


def test_settings_that_are_files_are_named_directly(tmp_path: Path) -> None:
    assert load({}, {"PARLEY_SECRET_FILE": "/run/secret"}).secret_file == "/run/secret"
    environ = {"PARLEY_IDENTITY_SECRETS_FILE": "/run/keys"}
    assert load({}, environ).identity_secrets_file == "/run/keys"


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", ["many", "", "-1", "1e999", "nan", "inf", "-inf", "0x10", "1 2"])
def test_numbers_are_numbers(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=name):
        load({name: text}, {})


@pytest.mark.parametrize("name", SWITCHES)
@pytest.mark.parametrize("text", ["", "true", "1", "yes", "ON"])
def test_switches_are_on_or_off(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=f"{name} must be one of on, off"):
        load({name: text}, {})


# what 0 would turn off for ever, or what no machine can do
IMPOSSIBLE = [
    ("port", "65536"),
    ("batch_size", "0"),
    ("content_limit", "0"),
    ("content_limit", "16384"),  # of four bytes each: more than a TEXT column holds
    ("frame_limit", "0"),
    ("frame_limit", "1048577"),  # of bodies beyond it nothing is kept
    ("write_timeout", "0"),
    ("reader_threads", "0"),
    ("session_days", "0"),
    ("session_days", "3651"),  # dates end with the year 9999
    ("batch_size", "4097"),
    ("write_timeout", "86401"),
    ("http_timeout", "86401"),
    ("ping_interval", "86401"),
    ("ping_timeout", "1e308"),
    ("presence_grace", "1e308"),
    ("watch_interval", "1e308"),
    ("drain_timeout", "1e308"),
    ("watch_interval", "0"),
    ("drain_timeout", "0"),
]


@pytest.mark.parametrize(("name", "text"), IMPOSSIBLE)
def test_values_that_cannot_work_are_refused(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=name):
        load({name: text}, {})


def test_a_burst_of_0_is_refused_where_there_is_a_rate() -> None:
    with pytest.raises(SettingError, match="message_burst"):
        load({"message_burst": "0"}, {})
    assert load({"message_burst": "0", "message_rate": "0"}, {}).message_rate == 0


def test_a_batch_fits_into_what_mysql_takes_at_once() -> None:
    url = {"database_url": "mysql://u:p@db/parley"}
    most = settings.largest_batch(8192)
    assert load({**url, "batch_size": f"{most}"}, {}).batch_size == most > Settings().batch_size
    for more in ({"batch_size": f"{most + 1}"}, {"batch_size": "256", "content_limit": "16383"}):
        with pytest.raises(SettingError, match="batch_size must be at most"):
            load({**url, **more}, {})
        load(more, {})  # SQLite takes them one by one


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("database_url", "postgres://x/y"),
        ("database_url", "parley.db"),
        ("database_url", ""),
        ("database_url", "sqlite://"),
        ("database_url", "sqlite:///"),
        ("database_url", "sqlite:///:memory:"),
        ("database_url", "sqlite:///%3Amemory%3A"),
        ("database_url", "sqlite://parley.db"),
        ("database_url", "sqlite://var/parley.db"),
        ("database_url", "sqlite:///var/parley.db?mode=ro"),
        ("database_url", "sqlite:///var/parley#1.db"),
        ("database_url", "mysql://user:password@host:port/name"),
        ("database_url", "mysql://user:password@host:3306"),
        ("database_url", "mysql://user:password@host:3306/"),
        ("allowed_origins", "shop.example"),
        ("allowed_origins", "https://shop.example/path"),
        ("allowed_origins", "ftp://shop.example"),
        ("allowed_origins", "https://shop.example, *"),
        ("allowed_origins", "https://"),
        ("allowed_origins", "https://shop.example?x"),
        ("allowed_origins", "https://shop.example#x"),
        ("allowed_origins", "https://ann@shop.example"),
        ("allowed_origins", "https://shop.example:"),
        ("allowed_origins", "https://shop.example:http"),
        ("allowed_origins", "https://shop.example:65536"),
        ("allowed_origins", "https://shop.example:08443"),
        ("allowed_origins", "https://*.shop.example"),
        ("allowed_origins", "https://shop example"),
        ("allowed_origins", "https://münchen.example"),  # browsers say xn--mnchen-3ya.example
        ("allowed_origins", "https://[::1"),
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("timezone", ""),
        ("registration", "maybe"),
        ("log_level", "loud"),
    ],
)
def test_texts_that_cannot_work_are_refused(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=name):
        load({name: text}, {})


TLS = ("?ssl-ca={}", "?sslca={}", "?SSL_CA={}", "?ssl_ca=", "?ssl_ca", "?ssl_ca=/nowhere/ca.pem")


@pytest.mark.parametrize("query", [*TLS, "?ssl_ca={}&x=1", "?ssl_ca={}&ssl_ca={}", "?charset=x"])
def test_whoever_asks_for_encryption_gets_it_or_nothing(query: str, tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.touch()
    url = "mysql://u:p@db/parley"
    load({"database_url": f"{url}?ssl_ca={authority}"}, {})
    with pytest.raises(SettingError, match="ssl_ca"):
        load({"database_url": url + query.format(authority, authority)}, {})


@pytest.mark.parametrize("sign", "/?#")
def test_a_password_is_written_so_that_it_is_one(sign: str) -> None:
    for secret in (f"secret{sign}1", f"{sign}secret", f"1{sign}secret"):
        with pytest.raises(SettingError, match=r"database_url: .*%23 for #") as error:
            load({"database_url": f"mysql://u:{secret}@db:3306/parley"}, {})
        assert "secret" not in str(error.value)
    load({"database_url": f"mysql://u:a{quote(sign, '')}@b@db:3306/parley"}, {})


def test_origins_are_normalised() -> None:
    options = load({"allowed_origins": " https://Shop.Example/ ,http://localhost:8080,, "}, {})
    assert options.origins == {"https://shop.example", "http://localhost:8080"}


def test_origins_are_as_browsers_write_them() -> None:
    text = "https://a.example:443,http://b.example:80/,https://c.example:80,http://[::1]:8080"
    assert load({"allowed_origins": text}, {}).origins == {
        *("https://a.example", "http://b.example", "https://c.example:80", "http://[::1]:8080")
    }


def test_an_unknown_variable_is_left_alone() -> None:
    assert load({}, {"PARLEY_UNKNOWN": "x", "PORT": "1"}) == Settings()


def test_settings_cannot_be_changed_later() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]


MISTAKES = {
    "a number": ("serve", "--port", "http"),
    "a negative limit": ("serve", "--queue-size", "-1"),
    "a port that is none": ("serve", "--port", "70000"),
    "an address that is not ours": ("serve", "--address", "192.0.2.1"),
    "a choice": ("serve", "--guests", "perhaps"),
    "a zone": ("serve", "--timezone", "Mars"),
    "a database that is none": ("migrate", "--database-url", "postgres://x"),
    "a database that is not there": ("migrate", "--database-url", "mysql://u:p@127.0.0.1:1/x"),
    "the same for serve": ("serve", "--database-url", "mysql://u:p@127.0.0.1:1/x"),
    "a database that is no file": ("serve", "--database-url", "sqlite:///:memory:"),
    "a folder as database": ("serve", "--database-url", f"sqlite:///{ROOT}"),
    "no identity secrets": ("serve", "--identity-secrets-file", "/nowhere/keys.json"),
}


@pytest.mark.parametrize("arguments", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_and_exit_code_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    fresh = ("--database-url", f"sqlite:///{tmp_path / 'parley.db'}")
    where = () if "--database-url" in arguments else fresh
    done = run_parley(*arguments, *where, "--data-dir", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    lines = [line for line in done.stderr.splitlines() if " INFO " not in line]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("parley: ")


def test_where_nobody_can_listen_is_named(tmp_path: Path) -> None:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for flags in (("--port", port), ("--port", port, "--address", "nowhere.invalid")):
            url = f"sqlite:///{tmp_path / 'parley.db'}"
            done = run_parley("serve", *flags, "--database-url", url, "--data-dir", str(tmp_path))
            told = done.stderr.splitlines()[-1]
            assert (done.returncode, told[: 13 + len(port)]) == (2, f"parley: port {port}")
            assert flags[-1] in told


def test_a_mistake_in_the_environment_is_one_line(tmp_path: Path) -> None:
    done = run_parley("serve", env={"PARLEY_PORT": "http", "PARLEY_DATA_DIR": str(tmp_path)})
    assert done.returncode == 2
    assert done.stderr == "parley: port must be a number, not 'http'\n"


def test_help_names_every_setting_with_its_default() -> None:
    done = run_parley("serve", "--help", env={"COLUMNS": "200"})
    assert (done.returncode, done.stderr) == (0, "")
    for field in settings.TABLE:
        assert f"--{field.name.replace('_', '-')} " in done.stdout
        if not isinstance(field.default, bool):
            assert f"(default: {field.default or 'none'})" in " ".join(done.stdout.split())


@pytest.mark.parametrize("command", ["serve", "migrate", "create-user", "token", "check"])
def test_each_command_has_help(command: str) -> None:
    done = run_parley(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"python -m app {command}" in done.stdout
    assert command in run_parley("--help").stdout


@pytest.mark.parametrize("arguments", [(), ("fly",), ("serve", "--fly"), ("serve", "--por", "1")])
def test_what_does_not_exist_is_said_so(arguments: tuple[str, ...]) -> None:
    done = run_parley(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
