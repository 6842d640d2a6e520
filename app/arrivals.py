"""Members of a host site: all who come at once are looked up together, and made together."""

from __future__ import annotations

from app.access.person import Person
from app.gathering import Gatherer
from models import members
from models.accounts import Arrival
from models.reader import Reader


class Arrivals:
    """`await meet(arrival)` is the user, as the host says. Raises Refused (-3, -8).

    Who is known and has not changed is only read, and waits for nobody's writing.
    """

    def __init__(self, reader: Reader) -> None:
        self._known: Gatherer[Arrival, Person | None] = Gatherer(reader, members.recognize)
        self._changed: Gatherer[Arrival, Person] = Gatherer(reader, members.admit)

    async def meet(self, arrival: Arrival) -> Person:
        person = await self._known.ask(arrival)
        return await self._changed.ask(arrival) if person is None else person
