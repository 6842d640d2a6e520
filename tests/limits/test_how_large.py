"""Limits of how large: a frame, a body, a text."""

import http.client
import json
from contextlib import closing

from tests.client import PATIENCE, event
from tests.conftest import StartServer
from tests.limits.conftest import Limited
from tests.scene import meet


async def test_a_frame_over_64_kib_is_1009(limited: Limited) -> None:
    server = limited()
    alice, bob = await meet(server, "alice", "bob")
    here, other_tab = await alice.open(), await alice.open()
    await here.send_raw('{"opt": "ping", "ref": "full"}'.ljust(65_536))
    await here.expect(event("pong", ref="full"))
    await here.send_raw('{"opt": "ping"}'.ljust(65_537))
    assert await here.closed() == 1009
    await other_tab.chat(bob, "still here")


async def test_a_body_over_128_kib_is_too_large(limited: Limited) -> None:
    server = limited()
    alice, bob = await meet(server, "alice", "bob")
    path = f"/api/v1/conversations/{bob.user_id}/messages"
    for size in (131_073, 500_000, 1_048_576, 1_048_577, 9_000_000):
        for method, where in (("POST", path), ("PUT", path.replace("messages", "read"))):
            reply = await alice.request(method, where, '{"content": "x"}'.ljust(size))
            assert reply.status == 413
            assert (reply.envelope["errorcode"], reply.envelope["data"]) == (-7, {"limit": 131_072})
        reply = await alice.request("POST", "/useropt", '{"opt": "ping"}'.ljust(size))
        assert (reply.status, reply.envelope["errorcode"]) == (200, -7)
    fits = await alice.request("POST", path, '{"content": "x"}'.ljust(131_072))
    assert fits.status == 200


def test_who_sends_far_too_much_is_told_so_and_may_go_on(start_server: StartServer) -> None:
    """Also in chunks, whose sum nobody knows beforehand; and the connection stays."""
    server = start_server()
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    with closing(connection):
        for _ in range(2):
            chunks = (b"x" * 65_536 for _ in range(160))
            connection.request("POST", "/useropt", chunks, encode_chunked=True)
            response = connection.getresponse()
            assert response.status == 200
            assert json.loads(response.read())["data"] == {"limit": 131_072}


def test_what_never_ends_is_not_waited_for(start_server: StartServer) -> None:
    server = start_server()
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    with closing(connection):
        connection.putrequest("POST", "/useropt")
        connection.putheader("Content-Length", str(64 * 1_048_576 + 1))
        connection.endheaders()
        assert connection.getresponse().status == 400


async def test_the_longest_text_fits_however_it_is_written(limited: Limited) -> None:
    """Some clients write every letter beyond ASCII as \\uXXXX: an emoji takes twelve bytes then."""
    server = limited()
    alice, bob = await meet(server, "alice", "bob")
    path = f"/api/v1/conversations/{bob.user_id}/messages"
    escaped = json.dumps({"content": "😀" * 8192}, ensure_ascii=True)
    reply = await alice.request("POST", path, escaped)
    assert reply.status == 200
    assert reply.envelope["data"]["data"][1] == "😀" * 8192


async def test_the_text_limit_is_a_setting(limited: Limited) -> None:
    server = limited(content_limit=10)
    alice, bob = await meet(server, "alice", "bob")
    here = await alice.open()
    await here.chat(bob, "😀" * 10)
    push = await here.ask("chat-to", {"other": bob.user_id, "content": "😀" * 11})
    assert (push["errorcode"], push["data"]) == (-7, {"limit": 10})
