"""What the addresses of the database and of Redis may look like.

No complaint holds the address itself: there may be a password in it.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

# what SQLite takes for a database of one connection's own, gone with it
NO_FILES = ("", ":memory:")
# a sign that ends a part of the address, and what it is written as inside of one
WRITTEN = "%2F for /, %3F for ?, %23 for #, %25 for %"


def check_database_url(url: str) -> None:
    """Raises ValueError, for what would be left out of account as well."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        if parts.netloc or unquote(parts.path)[1:] in NO_FILES:
            raise ValueError("database_url: sqlite:/// must be followed by the path of a file")
        if parts.query or parts.fragment:
            raise ValueError(f"database_url: nothing follows the path; in it write {WRITTEN}")
        return
    if parts.scheme not in ("mysql", "mariadb"):
        raise ValueError("database_url must begin with sqlite:// or mysql://")
    _check_network("database_url", parts)
    if not unquote(parts.path)[1:]:
        raise ValueError(
            "database_url: the database's name is missing: mysql://user:password@host:port/name"
        )
    _check_tls(parts.query)


def check_redis_url(url: str) -> None:
    """Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        if not parts.path.strip("/"):
            raise ValueError("redis_url: unix:// must be followed by the path of a socket")
        return
    if parts.scheme not in ("redis", "rediss"):
        raise ValueError("redis_url must be redis://, rediss:// or unix://")
    _check_network("redis_url", parts)
    number = parts.path.strip("/")
    if number and not (number.isascii() and number.isdigit()):
        raise ValueError("redis_url: the database must be a number: redis://host:port/0")


def _check_network(name: str, parts: SplitResult) -> None:
    """A password's / or ? or # ends the host; what follows then is an @ behind it, or a #."""
    if parts.fragment or "@" in parts.path + parts.query:
        raise ValueError(f"{name}: in user and password write {WRITTEN} (and %40 for @)")
    try:
        usable = parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{name}: the port is no port (in a password write {WRITTEN})")


def _check_tls(query: str) -> None:
    """Who misspells it must not go on without encryption."""
    given = parse_qsl(query, keep_blank_values=True)
    unknown = [name for name, _ in given if name != "ssl_ca"]
    if unknown:
        raise ValueError(f"database_url: ?{unknown[0]}= is not known, only ?ssl_ca=FILE")
    if len(given) > 1:
        raise ValueError("database_url: ?ssl_ca= is given more than once")
    if given and not Path(given[0][1]).is_file():
        raise ValueError(f"database_url: ?ssl_ca= names no file: {given[0][1]!r}")
