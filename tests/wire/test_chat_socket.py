"""The chat socket on our wire, in a real server."""

import ast
import inspect

from handlers.chat import WebsocketChatHandler
from tests.client import guest
from tests.conftest import StartServer
from tests.raw_socket import PING, RawSocket, frame


async def test_pings_count_as_frames(start_server: StartServer) -> None:
    """What is answered costs something: without end it is too fast for too long."""
    server = start_server(guests=True, frame_rate=5)
    raw = await RawSocket.upgraded(await guest(server.url, "mallory"))
    await raw.send(frame(PING, b"?") * 1000)
    frames = await raw.read_to_end()
    assert frames[-1].close_code == 4429
    assert sum(got.payload == b"?" for got in frames) < 100


def test_every_attribute_outlives_the_handshake() -> None:
    """Whatever a method sets is named in `kept`; `_farewell` is over when the socket is open."""
    tree = ast.parse(inspect.getsource(WebsocketChatHandler))
    written = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) == "self"
    }
    assert written <= {*WebsocketChatHandler.kept, "_farewell"}
