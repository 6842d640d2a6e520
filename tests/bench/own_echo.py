"""The same echo on Parley's wire: what the wire alone costs."""

import asyncio

from handlers.wire.frames import TEXT, encode
from handlers.wire.handler import WireHandler
from tests.bench.echo import EchoHandler
from tests.bench.naive import parse, serve


class OwnEchoHandler(EchoHandler, WireHandler):
    """Frames the text once, as Parley does with a push."""

    kept = ("user_id",)

    def on_message(self, message: str | bytes) -> None:
        partner = self.partner
        assert isinstance(partner, OwnEchoHandler)
        assert isinstance(message, str)
        frame = encode(TEXT, message.encode())
        self.write_frames(frame)
        partner.write_frames(frame)


if __name__ == "__main__":
    asyncio.run(serve(OwnEchoHandler, parse(__doc__)))
