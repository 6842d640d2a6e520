"""Who may import whom: one way only. This table is the order of the whole code.

A module may import what stands in its own row or in a row above it. No two modules import each
other, not even in a ring.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.parley import ROOT

# (what the row is, modules or whole packages); the most exact name counts
ORDER: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "values: know nothing but the standard library",
        (
            "app",
            "app.settings",
            "app.service_urls",
            "app.log",
            "app.access.person",
            "app.access.throttle",
            "app.access.secret_file",
            "app.messaging.errors",
            "app.messaging.friendly_time",
            "app.messaging.languages",
        ),
    ),
    (
        "the core: wire, sockets, queue and bus; no web framework, no model",
        (
            "app.access",
            "app.messaging",
            "app.messaging.protocol",
            "app.messaging.hub",
            "app.messaging.items",
            "app.messaging.writer",
            "app.messaging.bus",
            "app.messaging.counters",
            "app.messaging.receipts",
            "app.messaging.replies",
            "app.messaging.intake",
        ),
    ),
    ("the models: all SQL there is", ("models",)),
    ("several processes: the bus through Redis", ("app.cluster",)),
    (
        "the use cases: what people do",
        (
            "app.messaging.shapes",
            "app.messaging.repeats",
            "app.messaging.reading",
            "app.messaging.presence",
            "app.messaging.typing_notice",
            "app.messaging.chat",
            "app.messaging.dispatch",
        ),
    ),
    ("rooms: many people in one conversation", ("app.rooms",)),
    (
        "the parts of a running server",
        (
            "app.gathering",
            "app.arrivals",
            "app.identities",
            "app.watcher",
            "app.sockets",
            "app.parts",
        ),
    ),
    ("HTTP and WebSocket", ("handlers",)),
    ("the URL map", ("app.routes",)),
    ("the application", ("app.application", "app.production")),
    ("the commands", ("app.commands",)),
    ("the command line", ("app.cli", "app.__main__")),
)
RANKS = {name: rank for rank, (_, names) in enumerate(ORDER) for name in names}

# files of the core; they and all that they need work without a database
CORE = ("hub", "writer", "bus", "protocol", "errors", "items", "counters", "friendly_time")
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\b", re.S
)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {
    module_name(path): path
    for package in ("app", "models", "handlers")
    for path in sorted((ROOT / package).rglob("*.py"))
}


def statements(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports that happen; those for types only (TYPE_CHECKING) are no dependency."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                yield from statements(other)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        else:
            yield from statements(node)


def imports(name: str) -> set[str]:
    """Full names of all modules that a module imports."""
    found = set()
    for node in statements(ast.parse(FILES[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
            continue
        assert node.level == 0, f"{name}: relative imports hide where things are"
        base = node.module or ""
        for alias in node.names:
            longer = f"{base}.{alias.name}"
            found.add(longer if longer in FILES else base)
    return found


def ours(name: str) -> set[str]:
    return {found for found in imports(name) if found in FILES}


def reach(name: str) -> set[str]:
    """All that is imported, directly or not, ours or not."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        for found in imports(waiting.pop()) - seen:
            seen.add(found)
            if found in FILES:
                waiting.append(found)
    return seen


def rank(name: str) -> int:
    while name not in RANKS:
        name = name.rpartition(".")[0]
        assert name, "a module that stands in no row of ORDER"
    return RANKS[name]


@pytest.mark.parametrize("name", FILES)
def test_imports_go_one_way(name: str) -> None:
    wrong = {found for found in ours(name) if rank(found) > rank(name)}
    assert not wrong, f"{name} ({ORDER[rank(name)][0]}) imports {sorted(wrong)}"


def test_nothing_goes_round() -> None:
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for found in ours(name):
                walk(found, (*path, name))
            done.add(name)

    for name in FILES:
        walk(name, ())


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in FILES
        if name.startswith(("app.messaging", "app.cluster", "models", "app.access"))
    ],
)
def test_the_web_framework_stays_outside(name: str) -> None:
    found = {top for top in imports(name) if top.split(".")[0] in ("tornado", "handlers")}
    assert not found


@pytest.mark.parametrize("name", CORE)
def test_the_core_reaches_no_model(name: str) -> None:
    found = {
        top for top in reach(f"app.messaging.{name}") if top.split(".")[0] in ("models", "peewee")
    }
    assert not found


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("models")])
def test_sql_stays_in_the_models(name: str) -> None:
    tree = ast.parse(FILES[name].read_text("utf-8"))
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not [text for text in texts if SQL.search(text)]


def test_the_table_names_what_there_is() -> None:
    assert not [name for name in RANKS if name not in FILES]


def test_tests_are_imported_by_nobody() -> None:
    for name in FILES:
        assert not {found for found in imports(name) if found.split(".")[0] == "tests"}, name
