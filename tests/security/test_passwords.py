"""Passwords: any length, any letters, and no secret compared letter by letter."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client import PASSWORD, Reply, sign_up
from tests.scene import change
from tests.security.site import call, post
from tests.services.parley import ParleyServer, run_parley

ROOT = Path(__file__).resolve().parents[2]
ACCEPTED = {
    "8 letters": "a" * 8,
    "72 bytes": "a" * 72,
    "73 bytes": "a" * 73,
    "1024 letters": "c" * 1024,
    "1024 emoji": "😀" * 1024,
    "NUL only": "\0" * 8,
    "control characters": "\x01\x02\x1b\r\n\t\x7f\x80",
    "joiners and bidi": "👩\u200d👩\u200d👧\u200d👦 \u202efamily",
    "SQL": "' OR '1'='1' --",
}
REFUSED = {
    "empty": ("", -2, 400),
    "7 letters": ("a" * 7, -2, 400),
    "1025 letters": ("c" * 1025, -7, 413),
    "1025 emoji": ("😀" * 1025, -7, 413),
    "60,000 letters": ("c" * 60_000, -7, 413),
    "none": (None, -2, 400),
    "a number": (12345678, -2, 400),
    "a list": (["password"], -2, 400),
    "true": (True, -2, 400),
    "an object": ({"password": "password"}, -2, 400),
}


def register(server: ParleyServer, name: str, password: object) -> Reply:
    return post(server.url, "/api/v1/users", {"username": name, "password": password})


def enter(server: ParleyServer, name: str, password: object) -> int:
    reply = post(server.url, "/api/v1/session", {"username": name, "password": password})
    return reply.status


@pytest.mark.parametrize(("what", "password"), ACCEPTED.items(), ids=ACCEPTED)
def test_any_password_of_8_to_1024_characters_works(
    site: ParleyServer, what: str, password: str
) -> None:
    assert register(site, f"with {what}", password).status == 201
    assert enter(site, f"with {what}", password) == 200
    assert enter(site, f"with {what}", password[:-1] + "?") == 401


@pytest.mark.parametrize(("password", "errorcode", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_password_is_refused(
    site: ParleyServer, password: object, errorcode: int, status: int
) -> None:
    reply = register(site, "nobody yet", password)
    assert (reply.status, reply.envelope["errorcode"]) == (status, errorcode)
    data = reply.envelope["data"]
    assert data == ({"limit": 1024} if errorcode == -7 else {"field": "password"})
    assert enter(site, "nobody yet", password) in (400, 401)


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff", "\\ude00\\ud83d", "\\u12", "\\x41"])
def test_text_that_is_no_unicode_is_refused(site: ParleyServer, escape: str) -> None:
    for path in ("/api/v1/users", "/api/v1/session"):
        body = '{"username": "lone", "password": "surrogate%s"}' % escape  # noqa: UP031 - braces
        reply = call(site.url, "POST", path, {}, body)
        assert (reply.status, reply.envelope["errorcode"]) == (400, -2)


def test_passwords_that_begin_alike_are_not_alike(site: ParleyServer) -> None:
    """bcrypt itself reads 72 bytes, and stops at NUL."""
    register(site, "long", "x" * 72 + "one")
    assert [enter(site, "long", "x" * 72 + end) for end in ("one", "two")] == [200, 401]
    register(site, "nul", "seven77\0one")
    assert [enter(site, "nul", f"seven77\0{end}") for end in ("one", "two")] == [200, 401]


def test_letters_are_compared_byte_by_byte(site: ParleyServer) -> None:
    register(site, "composed", "caf\u00e9 au lait")
    assert enter(site, "composed", "cafe\u0301 au lait") == 401
    assert enter(site, "composed", "CAF\u00c9 AU LAIT") == 401


@pytest.mark.parametrize(
    "stored", ["", "$2b$12$short", "plain text", "$2b$99$" + "a" * 53, "é" * 9]
)
async def test_a_broken_hash_opens_nothing(
    site: ParleyServer, stored: str, request: pytest.FixtureRequest
) -> None:
    name = f"broken {request.node.callspec.indices['stored']}"
    await sign_up(site.url, name)
    text = stored.replace("'", "")
    change(site.database_url, f"UPDATE user SET password_hash = '{text}' WHERE username = '{name}'")
    for password in (PASSWORD, stored, "plain text"):
        assert enter(site, name, password) == 401
    site.check_log()


@pytest.mark.parametrize("password", ["", "short", "c" * 1025])
def test_the_command_refuses_the_same(site: ParleyServer, password: str) -> None:
    database = ("--database-url", site.database_url)
    done = run_parley("create-user", "commanded", "--password-stdin", *database, stdin=password)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert password not in done.stderr or not password


def test_a_user_made_by_command_enters(site: ParleyServer) -> None:
    database = ("--database-url", site.database_url)
    done = run_parley("create-user", "operator", "--password-stdin", *database, stdin=PASSWORD)
    assert done.returncode == 0, done.stderr
    assert enter(site, "operator", PASSWORD) == 200


def test_no_answer_repeats_a_password(site: ParleyServer) -> None:
    for path in ("/api/v1/users", "/api/v1/session"):
        for body in ({"username": ":", "password": PASSWORD}, {"password": PASSWORD}):
            assert PASSWORD not in json.dumps(post(site.url, path, body).envelope)


# -- constant time --------------------------------------------------------------------------------

# what comes out of these tells nothing of what went in
NO_SECRETS = ("len", "type", "set", "key_of")
SECRET_NAMES = {"token", "secret", "password", "hashed", "mark", "signature", "digest", "offered"}


def comparisons(folder: str) -> Iterator[tuple[Path, ast.Compare]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                yield path, node


def names_in(node: ast.AST) -> set[str]:
    """The last words of the names in an expression, without what only measures or tests them."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in NO_SECRETS:
        return set()
    own = {node.id} if isinstance(node, ast.Name) else set()
    own |= {node.attr} if isinstance(node, ast.Attribute) else set()
    words = {name.rpartition("_")[2] for name in own}
    return words.union(*(names_in(child) for child in ast.iter_child_nodes(node)))


@pytest.mark.parametrize("folder", ["app", "handlers", "models"])
def test_no_secret_is_compared_with_an_operator(folder: str) -> None:
    """== on text returns at the first letter that differs: hmac.compare_digest does not."""
    plain = (ast.Eq, ast.NotEq)
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for path, node in comparisons(folder)
        if any(isinstance(operator, plain) for operator in node.ops)
        and SECRET_NAMES & names_in(node)
    ]
    assert found == []


def test_the_comparisons_are_found() -> None:
    """The test above means something: it would see these."""
    for text in ("token == offered", "self.secret != x", "a.b.session_secret == f(y)"):
        assert SECRET_NAMES & names_in(ast.parse(text)), text
    assert not SECRET_NAMES & names_in(ast.parse("len(secret) == 3", mode="eval").body)
