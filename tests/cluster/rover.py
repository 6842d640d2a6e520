"""People behind a load balancer."""

from dataclasses import dataclass
from itertools import cycle

from websockets.asyncio.client import ClientConnection

from tests.client import Person


@dataclass
class Rover(Person):
    """Somebody behind a load balancer: who cannot be let in here is let in there."""

    urls: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._next = cycle(self.urls)

    async def connect(self, origin: str | None = "same") -> ClientConnection:
        for _ in self.urls[1:]:
            self.base_url = next(self._next)
            try:
                return await super().connect(origin)
            except OSError:
                continue
        self.base_url = next(self._next)
        return await super().connect(origin)


def as_rover(person: Person, urls: tuple[str, ...], number: int) -> Rover:
    """The same person, who begins at one of the processes: which, depends on the number."""
    turn = number % len(urls)
    mine = urls[turn:] + urls[:turn]
    return Rover(person.base_url, person.name, None, person.user_id, person.cookies, urls=mine)
