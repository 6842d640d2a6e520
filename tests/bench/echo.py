"""The floor: stock Tornado that says what it hears to both of a pair. No JSON, no database."""

import asyncio

from tests.bench.naive import NaiveHandler, parse, serve


class EchoHandler(NaiveHandler):
    """Users come in pairs, one right after the other."""

    @property
    def partner(self) -> NaiveHandler:
        return self.clients[self.user_id + (1 if self.user_id % 2 else -1)]

    def on_message(self, message: str | bytes) -> None:
        self.write_message(message)
        self.partner.write_message(message)


if __name__ == "__main__":
    asyncio.run(serve(EchoHandler, parse(__doc__)))
