"""/healthz, /readyz and /metrics: the first two for everybody, the last by its token."""

from tests.client import Person
from tests.conftest import StartServer
from tests.rest.answers import check
from tests.scene import meet, write
from tests.services.parley import ParleyServer


async def test_the_probes(shared_server: ParleyServer) -> None:
    nobody = Person(shared_server.url)
    for path in ("/healthz", "/readyz"):
        reply = await nobody.request("GET", path)
        assert (reply.status, reply.envelope["errorcode"]) == (200, 0)
    check(await nobody.request("GET", "/metrics"), 404, -4)


async def test_metrics_are_for_who_has_the_token(start_server: StartServer) -> None:
    server = start_server(metrics_token="a-token-of-some-length", guests=True)
    alice, bob = await meet(server, "alice", "bob")
    await write(alice, bob, "hi")
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer \u00e9"}):
        check(await alice.request("GET", "/metrics", headers=headers), 404, -4)
    right = {"Authorization": "Bearer a-token-of-some-length"}
    reply = await Person(server.url).request("GET", "/metrics", headers=right)
    assert reply.headers["Content-Type"].startswith("text/plain")
    lines = reply.body.decode().splitlines()
    assert "parley_messages_stored_total 1" in lines
    assert all(line.startswith(("# ", "parley_")) for line in lines)
