"""Every setting of Parley in one table: the fields of `Settings`.

A field's flag is its name with dashes, its environment variable PARLEY_<NAME>, and
PARLEY_<NAME>_FILE names a file that holds the value (for container secrets). A flag wins over
the environment, the environment over the default. docs/operating.md lists the same table; a test
holds the two together.
"""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.service_urls import check_database_url, check_redis_url

# a TEXT column holds 65,535 bytes, a character takes up to four of them
LONGEST_TEXT = 65_535 // 4
LAST_PORT = 65_535
# what MySQL takes at once (max_allowed_packet) unless it is told otherwise; a batch is one question
LARGEST_QUESTION = 16_777_216
# bytes of it for one message, at most, beside its text: ids, keys and positions
BESIDE_TEXT = 2048
# of a body beyond it nothing is kept (app/large_bodies.py)
LARGEST_BODY = 1_048_576
# far more is a slip of the pen, and beyond some of it clocks and calendars overflow
DAY = 86_400
TEN_YEARS = 3650
# more in one transaction gains nothing, and whoever comes next waits for all of it
LARGEST_BATCH = 4096
# as browsers write it, or it would match none; the default port is left out
ORIGIN = re.compile(r"https?://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?")


class SettingError(ValueError):
    """A setting that cannot be used; the text says which and why."""


def setting(
    default: Any,
    text: str,
    choices: tuple[str, ...] = (),
    least: float = 0,
    most: float = sys.float_info.max,
) -> Any:
    """One row of the table. Booleans are written on|off outside; numbers lie in a range."""
    metadata = {"help": text, "choices": choices, "least": least, "most": most}
    return dataclasses.field(default=default, metadata=metadata)


@dataclasses.dataclass(frozen=True)
class Settings:
    """The settings, with their defaults. Limits: 0 means no limit. Times are in seconds."""

    port: int = setting(8888, "TCP port to listen on; 0 picks a free one", most=LAST_PORT)
    address: str = setting("127.0.0.1", "address to listen on")
    database_url: str = setting(
        "sqlite:///var/parley.db", "sqlite:///path or mysql://user:password@host:port/name"
    )
    redis_url: str = setting("", "redis://host:port/0 joins several processes; empty: one process")
    data_dir: str = setting(
        "var", "directory for what the server keeps for itself (the cookie secret)"
    )
    secret_file: str = setting(
        "",
        "cookie secrets, newest first, one a line; default: DATA_DIR/secret, made at first start",
    )
    identity_secrets_file: str = setting(
        "", 'JSON {"kid": "secret", ...}: the secrets with which host sites sign identities'
    )
    allowed_origins: str = setting(
        "", "origins, separated by commas, whose pages may embed Parley (https://shop.example)"
    )
    registration: str = setting("open", "whether people may register", ("open", "closed"))
    guests: bool = setting(False, "whether guests may come in by nickname")
    rooms: str = setting("Lobby", "rooms, separated by commas, that are always there; empty: none")
    room_opening: str = setting(
        "everyone", "who may open more rooms", ("everyone", "members", "nobody")
    )
    rooms_per_user: int = setting(20, "rooms one user may open")
    operators: str = setting(
        "",
        "usernames (embedded:SUB for a host's members), separated by commas, of existing users who"
        " may moderate every room",
    )
    show_addresses: bool = setting(
        False, "show masked addresses (1.2.*.*) beside people's names in rooms"
    )
    production: bool = setting(False, "refuse to start with weak or default secrets")
    migrate: bool = setting(True, "apply pending migrations at start")
    trust_proxy: bool = setting(
        False, "take the client's address from X-Real-Ip/X-Forwarded-For (only behind a proxy)"
    )
    timezone: str = setting("UTC", "time zone of the friendly times that the server writes")
    metrics_token: str = setting("", "bearer token that opens /metrics; empty: nobody may read it")
    log_level: str = setting("info", "how much is logged", ("debug", "info", "warning", "error"))

    message_rate: float = setting(5.0, "messages a second one user may send")
    message_burst: int = setting(30, "messages one user may send at once after a pause")
    frame_rate: float = setting(
        20.0,
        "messages, pings and pongs a second one socket may send; a message in fragments is one",
    )
    request_rate: float = setting(20.0, "requests a second one user may make over HTTP")
    handshake_rate: float = setting(
        5.0, "sockets a second one user may open; at once four times sockets_per_user, at least 40"
    )
    login_attempts: int = setting(5, "failed sign-ins per account in 15 minutes")
    login_attempts_per_address: int = setting(30, "failed sign-ins per address in 15 minutes")
    signups_per_address: int = setting(
        30, "new accounts and guests per address in 15 minutes; a taken name counts, too"
    )
    sockets_per_user: int = setting(10, "live sockets one user may have")
    content_limit: int = setting(8192, "characters in one message", least=1, most=LONGEST_TEXT)
    frame_limit: int = setting(65536, "bytes in one frame", least=1024, most=LARGEST_BODY)
    # twice a frame: clients that write every letter as \uXXXX need it for the longest text
    body_limit: int = setting(131072, "bytes in one request body", least=1024, most=LARGEST_BODY)
    in_flight: int = setting(32, "messages of one socket that may wait for their commit")
    queue_size: int = setting(10000, "messages of all sockets that may wait for their commit")
    batch_size: int = setting(256, "messages in one transaction", least=1, most=LARGEST_BATCH)
    write_timeout: float = setting(
        10.0, "how long a message may wait for the database before -8", least=0.01, most=DAY
    )
    push_buffer: int = setting(
        1048576, "bytes that may wait for a slow reader before it is dropped"
    )
    reader_threads: int = setting(4, "threads that read from the database", least=1)
    reader_queue: int = setting(2000, "reads that may wait for a thread before -8")
    http_timeout: float = setting(
        75.0, "how long a client may take to send a request, and rest between two", most=DAY
    )
    ping_interval: float = setting(25.0, "how often a socket is pinged", most=DAY)
    ping_timeout: float = setting(
        10.0, "how long a pong may take before the socket is closed", most=DAY
    )
    presence_grace: float = setting(
        2.0, "how long after the last socket one still counts as online", most=DAY
    )
    session_days: int = setting(30, "days a sign-in lasts", least=1, most=TEN_YEARS)
    token_lifetime: int = setting(86400, "longest lifetime of an identity token (exp - iat)")
    watch_interval: float = setting(
        2.0, "how often revoked identities and rotated keys are looked for", least=0.01, most=DAY
    )
    drain_timeout: float = setting(
        8.0, "how long a stop may take to commit what was accepted", least=0.01, most=DAY
    )

    @property
    def origins(self) -> frozenset[str]:
        """The allow-list of origins, normalised."""
        return frozenset(_origin(part) for part in _parts(self.allowed_origins))

    @property
    def fixed_rooms(self) -> tuple[str, ...]:
        """The operator's rooms."""
        return tuple(_parts(self.rooms))

    @property
    def operator_names(self) -> frozenset[str]:
        return frozenset(_parts(self.operators))

    def check(self) -> None:
        """Refuses values that cannot work. Raises SettingError."""
        for field in TABLE:
            _check_range(field, getattr(self, field.name))
        if self.message_rate and not self.message_burst:
            raise SettingError("message_burst must be at least 1 where message_rate is a limit")
        self._check_services()
        self._check_batch_size()
        for origin in self.origins:
            found = ORIGIN.fullmatch(origin)
            if found is None or int(found[1] or 0) > LAST_PORT:
                raise SettingError(f"allowed_origins: {origin!r} is not http(s)://host[:port]")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingError(f"timezone: {self.timezone!r} is not known") from error

    def _check_services(self) -> None:
        try:
            check_database_url(self.database_url)
            if self.redis_url:
                check_redis_url(self.redis_url)
        except ValueError as error:
            raise SettingError(str(error)) from None

    def _check_batch_size(self) -> None:
        """A batch that the database does not take would be tried again and again."""
        most = largest_batch(self.content_limit)
        if not self.database_url.startswith("sqlite:") and self.batch_size > most:
            raise SettingError(
                f"batch_size must be at most {most} with content_limit {self.content_limit}:"
                " MySQL takes 16 MiB at once"
            )


TABLE: tuple[dataclasses.Field[Any], ...] = dataclasses.fields(Settings)


def add_flags(parser: argparse.ArgumentParser, names: tuple[str, ...] | None = None) -> None:
    """Gives the parser one flag per setting (or per named setting); absent flags stay None."""
    for field in TABLE:
        if names is None or field.name in names:
            shown = written(field.default)
            parser.add_argument(
                "--" + field.name.replace("_", "-"),
                help=f"{field.metadata['help']} (default: {shown or 'none'})".replace("%", "%%"),
                metavar="|".join(_choices(field)) or field.name.upper(),
            )


def load(flags: Mapping[str, str | None], environ: Mapping[str, str]) -> Settings:
    """Settings from flags and environment. Raises SettingError."""
    values = {}
    for field in TABLE:
        text = flags.get(field.name)
        if text is None:
            text = _from_environment(field.name, environ)
        if text is not None:
            values[field.name] = _parse(field, text)
    settings = Settings(**values)
    settings.check()
    return settings


def largest_batch(content_limit: int) -> int:
    """Messages that fit into one question to MySQL, all of them of the longest texts."""
    return LARGEST_QUESTION // (4 * content_limit + BESIDE_TEXT)


def _from_environment(name: str, environ: Mapping[str, str]) -> str | None:
    variable = "PARLEY_" + name.upper()
    if variable in environ:
        return environ[variable]
    path = environ.get(variable + "_FILE")
    # `secret_file` + `_FILE` would be a file that names a file; only values may come from files
    if path is None or variable.endswith("_FILE"):
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingError(f"{variable}_FILE: {error}") from error


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _origin(text: str) -> str:
    """As browsers write it: they leave out the port that goes without saying."""
    origin = text.lower().rstrip("/")
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


def _check_range(field: dataclasses.Field[Any], value: Any) -> None:
    """Raises SettingError; nan and infinity are in no range."""
    least, most = field.metadata["least"], field.metadata["most"]
    if isinstance(value, int | float) and not least <= value <= most:
        upper = "" if most == sys.float_info.max else f" and at most {most}"
        raise SettingError(f"{field.name} must be at least {least}{upper}")


def _choices(field: dataclasses.Field[Any]) -> tuple[str, ...]:
    return ("on", "off") if isinstance(field.default, bool) else field.metadata["choices"]


def _parse(field: dataclasses.Field[Any], text: str) -> Any:
    choices = _choices(field)
    if choices and text not in choices:
        raise SettingError(f"{field.name} must be one of {', '.join(choices)}, not {text!r}")
    if isinstance(field.default, bool):
        return text == "on"
    kind: type[Any] = type(field.default)
    try:
        return kind(text)
    except ValueError as error:
        raise SettingError(f"{field.name} must be a number, not {text!r}") from error


def written(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
