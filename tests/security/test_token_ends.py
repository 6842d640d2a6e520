"""When a door that a token opened closes again, and what a token that came later changes."""

import json
import time
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.client import bearer, sign_up
from tests.conftest import StartServer
from tests.security.site import (
    SECRETS,
    by_protocol,
    by_token,
    call,
    claims,
    cookie,
    handshake,
    sign,
    token,
)
from tests.services.parley import QUICK, ParleyServer, run_parley

ENDED = 4401


class Scene(NamedTuple):
    server: ParleyServer
    secrets_file: Path

    def status(self, offered: str) -> int:
        return call(self.server.url, "GET", "/api/v1/me", by_token(offered)).status


@pytest.fixture
def scene(database_url: str, start_server: StartServer, secrets_file: Path) -> Scene:
    server = start_server(
        database_url=database_url, identity_secrets_file=secrets_file, watch_interval=0.1
    )
    return Scene(server, secrets_file)


async def test_a_live_socket_ends_with_its_token(scene: Scene) -> None:
    short = await bearer(scene.server.url, token(exp=int(time.time()) + 2)).open()
    long = await bearer(scene.server.url, token()).open()
    assert await short.closed() == ENDED
    await long.barrier()
    await long.close()


async def test_nobody_looks_and_a_socket_ends_with_its_token_all_the_same(
    start_server: StartServer, secrets_file: Path
) -> None:
    """At its very end: what comes later is nobody's, however seldom the server looks."""
    server = start_server(module=QUICK, identity_secrets_file=secrets_file, watch_interval=3600)
    tab = await bearer(server.url, token(exp=int(time.time()) + 2)).open()
    assert await tab.closed() == ENDED


async def test_a_secret_that_is_rotated_out_takes_its_sockets_along(scene: Scene) -> None:
    old, new = sign(claims(), SECRETS["2025"], kid="2025"), token()
    leaving = await bearer(scene.server.url, old).open()
    staying = await bearer(scene.server.url, new).open()
    scene.secrets_file.write_text(json.dumps({"2026": SECRETS["2026"]}))
    assert await leaving.closed() == ENDED
    assert scene.status(old) == HTTPStatus.UNAUTHORIZED
    await staying.barrier()
    assert scene.status(new) == HTTPStatus.OK
    await staying.close()


async def test_a_secret_replaced_under_its_kid_takes_its_sockets_along(scene: Scene) -> None:
    leaving = await bearer(scene.server.url, token()).open()
    scene.secrets_file.write_text(json.dumps({**SECRETS, "2026": "n" + SECRETS["2026"]}))
    assert await leaving.closed() == ENDED
    assert scene.status(token()) == HTTPStatus.UNAUTHORIZED


async def test_a_broken_secrets_file_opens_nothing_new_and_ends_nothing(scene: Scene) -> None:
    scene.server.allow("identity secrets not read")
    tab = await bearer(scene.server.url, token()).open()
    for text in ("{", "[]", '{"2026": ""}', '{"2026": 1}', ""):
        scene.secrets_file.write_text(text)
        assert scene.status(sign(claims(), "")) == HTTPStatus.UNAUTHORIZED
        assert scene.status(token()) == HTTPStatus.OK
    await tab.barrier()
    await tab.close()


async def test_revoking_a_member_ends_its_sockets_and_its_tokens(scene: Scene) -> None:
    earlier = token(iat=int(time.time()) - 60)
    leaving = await bearer(scene.server.url, earlier).open()
    staying = await bearer(scene.server.url, token("ben")).open()
    database = ("--database-url", scene.server.database_url)
    done = run_parley("token", "--revoke", "--sub", "ann", *database)
    assert done.returncode == 0, done.stderr
    assert await leaving.closed() == ENDED
    assert scene.status(earlier) == HTTPStatus.UNAUTHORIZED
    refused = handshake(scene.server.url, by_protocol(earlier))
    assert refused.status == HTTPStatus.UNAUTHORIZED
    await staying.barrier()
    await staying.close()
    fresh = token(iat=int(time.time()) + 2)  # within the leeway of the clocks, after the cut
    assert scene.status(fresh) == HTTPStatus.OK


async def test_a_member_who_was_never_here_can_be_revoked(scene: Scene) -> None:
    earlier = token("carl", iat=int(time.time()) - 60)
    done = run_parley(
        "token", "--revoke", "--sub", "carl", "--database-url", scene.server.database_url
    )
    assert done.returncode == 0, done.stderr
    assert scene.status(earlier) == HTTPStatus.UNAUTHORIZED
    assert scene.status(token("carl", iat=int(time.time()) + 2)) == HTTPStatus.OK


async def test_a_revoked_token_changes_nothing(scene: Scene) -> None:
    """Neither the name nor the picture that it names reaches the table."""
    earlier = token("dora", name="Mallory", iat=int(time.time()) - 60)
    assert scene.status(token("dora", name="Dora", iat=int(time.time()) + 3)) == HTTPStatus.OK
    run_parley("token", "--revoke", "--sub", "dora", "--database-url", scene.server.database_url)
    assert scene.status(earlier) == HTTPStatus.UNAUTHORIZED
    ben = await bearer(scene.server.url, token("ben")).request("GET", "/api/v1/users?username=dora")
    assert ben.envelope["data"]["users"][0]["name"] == "Dora"


async def test_a_token_ends_no_session(scene: Scene) -> None:
    """Not even that of the cookie beside it, and it does not end itself."""
    local = await sign_up(scene.server.url, "local")
    tab = await local.open()
    signed = by_token(token())
    for headers in (signed, {**cookie(local), **signed}, {**cookie(local), **by_token("x")}):
        reply = call(scene.server.url, "DELETE", "/api/v1/session", headers)
        assert (reply.status, reply.envelope["errorcode"]) == (HTTPStatus.FORBIDDEN, -5)
        assert reply.headers["Set-Cookie"] is None
    await tab.barrier()
    assert scene.status(token()) == HTTPStatus.OK
    await local.leave()


def test_a_picture_can_be_taken_away(scene: Scene) -> None:
    """By a claim that is there, and empty. One that is absent, or is no link, says nothing."""

    def shown(**said: object) -> str:
        reply = call(scene.server.url, "GET", "/api/v1/me", by_token(token("eve", **said)))
        return str(reply.data["avatar"])

    link = "https://shop.example/eve.png"
    assert [shown(avatar=link), shown(), shown(avatar="eve.png")] == [link] * 3
    assert shown(avatar="").startswith("/avatar/")
    assert [shown().startswith("/avatar/"), shown(avatar=link)] == [True, link]
    nothing = {**claims("eve"), "avatar": None}
    reply = call(scene.server.url, "GET", "/api/v1/me", by_token(sign(nothing)))
    assert reply.data["avatar"].startswith("/avatar/")


async def test_a_session_outlives_no_revocation_of_somebody_else(scene: Scene) -> None:
    """A local user who is called like the member keeps their session."""
    local = await sign_up(scene.server.url, "ann")
    tab = await local.open()
    member = await bearer(scene.server.url, token("ann", iat=int(time.time()) - 60)).open()
    database = ("--database-url", scene.server.database_url)
    run_parley("token", "--revoke", "--sub", "ann", *database)
    assert await member.closed() == ENDED
    await tab.barrier()
    await local.leave()
