"""What a client, a host site or an operator can use is named in the documents."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from app import settings
from app.cli import COMMANDS
from app.messaging.errors import CloseCode, Errorcode
from app.routes import ROOM, USER, routes
from handlers.openapi import paths
from handlers.openapi_schemas import SCHEMAS
from handlers.useropt import OPTS
from tests.services.parley import ROOT, run_parley

PROTOCOL = (ROOT / "docs" / "protocol.md").read_text("utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def missing(wanted: Iterable[str], text: str) -> list[str]:
    return [word for word in wanted if word not in text]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]


def shown(default: object) -> str:
    if isinstance(default, bool):
        return "`on`" if default else "`off`"
    return f"`{default}`" if default != "" else "(none)"


def test_every_setting_with_its_default() -> None:
    wanted = [
        f"| `--{field.name.replace('_', '-')}` | `PARLEY_{field.name.upper()}` |"
        f" {shown(field.default)} |"
        for field in settings.TABLE
    ]
    assert missing(wanted, OPERATING) == []


def test_no_setting_that_is_gone() -> None:
    flags = {f"--{field.name.replace('_', '-')}" for field in settings.TABLE}
    other = {
        "--back",
        "--to",
        "--drop-data",
        "--new-epoch",
        "--nickname",
        "--password-stdin",
        "--help",
    }
    other |= {"--sub", "--kid", "--name", "--avatar", "--ttl", "--revoke"}
    for row in rows(OPERATING):
        if row[0].startswith("`--"):
            assert row[0].strip("`") in flags | other
    known = {f"PARLEY_{field.name.upper()}" for field in settings.TABLE}
    known |= {f"{name}_FILE" for name in known}
    for path in DOCUMENTS:
        named = set(re.findall(r"\bPARLEY_[A-Z][A-Z_]*[A-Z]\b", path.read_text("utf-8")))
        assert named - known <= {"PARLEY_X_Y", "PARLEY_NAME"}, path


def test_every_command_and_its_flags() -> None:
    wanted = {"python -m app serve"} | {f"`{name}`" for name in COMMANDS}
    text = README + OPERATING
    assert [word for word in wanted if word not in text and word.strip("`") not in text] == []
    for command in COMMANDS:
        flags = set(re.findall(r"--[a-z][a-z-]+", run_parley(command, "--help").stdout))
        assert missing(sorted(flags - {"--help"}), text) == [], command


def test_what_compose_passes_on_is_a_setting_with_its_default() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    found = re.findall(r"^      (PARLEY_\w+): \$\{(\w+):-(.*)\}$", text, re.MULTILINE)
    rows = {f"PARLEY_{field.name.upper()}": field for field in settings.TABLE}
    for name, read, default in found:
        assert (read, settings.written(rows[name].default)) == (name, default)
    passed = {name for name, _, _ in found}
    assert {"PARLEY_PRODUCTION", "PARLEY_IDENTITY_SECRETS_FILE"} <= passed
    assert missing([f"{name}" for name in passed], OPERATING) == []


def test_every_errorcode_with_its_status() -> None:
    named = {row[0] for row in rows(PROTOCOL)}
    assert [int(code) for code in Errorcode if f"{int(code)}" not in named] == []


def test_every_close_code() -> None:
    named = {code for row in rows(PROTOCOL) for code in re.findall(r"\d{4}", row[0])}
    assert [int(code) for code in CloseCode if f"{int(code)}" not in named] == []


def events() -> set[str]:
    """Names that the code gives to `event(...)`, and those of receipts, which it computes."""
    found = {"read", "delivered"}
    for package in ("app", "handlers"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
                    ("event", "_notice", "_answer")
                ):
                    found |= {
                        word.value
                        for word in node.args
                        if isinstance(word, ast.Constant) and isinstance(word.value, str)
                    }
    return found


def test_every_event() -> None:
    assert {"hello", "typing", "presence", "sync", "pong", "room-join", "room-mute"} <= events()
    named = {row[0] for row in rows(PROTOCOL)}
    assert [name for name in sorted(events()) if f"`{name}`" not in named] == []


def socket_opts() -> list[str]:
    """The keys of the tables from opt to use case."""
    found = []
    for place in ("messaging/dispatch.py", "rooms/house.py"):
        tree = ast.parse((ROOT / "app" / place).read_text("utf-8"))
        tables = [node for node in ast.walk(tree) if isinstance(node, ast.Dict)]
        found += [
            key.value for table in tables for key in table.keys if isinstance(key, ast.Constant)
        ]
    return [str(opt) for opt in found]


def test_every_opt() -> None:
    assert {"chat-to", "room-say"} <= set(socket_opts())
    named = {row[0] for row in rows(PROTOCOL)}
    assert [opt for opt in (*socket_opts(), *OPTS) if f"`{opt}`" not in named] == []


def test_every_endpoint() -> None:
    text = re.sub(r"\{\w+\}", "{}", PROTOCOL + OPERATING)
    places = [
        route.regex.pattern.rstrip("$").replace(USER, "{}").replace(ROOM, "{}").replace("\\.", ".")
        for route in routes()
    ]
    assert [place for place in places if place not in text] == []


def test_every_operation_of_the_rest_api() -> None:
    text = re.sub(r"\{\w+\}", "{}", PROTOCOL)
    operations = [
        f"{method.upper()} {re.sub('{.+?}', '{}', path)}"
        for path, methods in paths().items()
        for method in methods
    ]
    assert missing(operations, text) == []


@pytest.mark.parametrize("schema", ["User", "Page", "Conversation", "Room", "RoomPage"])
def test_every_member_of_an_answer(schema: str) -> None:
    assert missing(SCHEMAS[schema]["properties"], PROTOCOL) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=[f"{p.relative_to(ROOT)}" for p in DOCUMENTS])
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    targets = re.findall(r"\]\((?!https?://|mailto:)([^)#\s]+)", text)
    targets += re.findall(r'(?:src|href)="(?!https?://|#)([^"#]+)"', text)
    assert [target for target in targets if not (path.parent / target).exists()] == []
