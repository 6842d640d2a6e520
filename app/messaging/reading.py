"""Questions about conversations and people: a page, the list, what was missed, a search.

Each is about a parsed request's `data` and ends in the `data` of the answer. Raises Refused.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.access.person import Person
from app.messaging import protocol
from app.messaging.errors import malformed, not_allowed
from app.messaging.shapes import Shapes
from models import history, listing, missed, people
from models.reader import Reader

PAGE = 50
SEQS_LIMIT = 1000
QUERY_LIMIT = 64
# of names that are looked for, a host's member ids among them
USERNAME_LIMIT = 191

Found = TypeVar("Found")
# what is asked for; it is not looked into before it is known who asks
Asked = Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question(Generic[Found]):
    """One whose answer is in the database: `look` runs in a reader's thread, `show` on the loop."""

    look: Callable[[Person], Found]
    show: Callable[[Found, Person], dict[str, Any]]


class Reading:
    def __init__(self, reader: Reader, shapes: Shapes) -> None:
        self._reader = reader
        self._shapes = shapes

    def page(self, asked: Asked) -> Question[history.Page]:
        """`realtime-chat`: {"other", "limit"?, "before"?, "after"?}"""

        def look(me: Person) -> history.Page:
            data = asked()
            other = protocol.parse_int(data, "other")
            limit = parse_limit(data)
            before = protocol.parse_optional_int(data, "before", 0, protocol.MAX_INTEGER)
            after = protocol.parse_optional_int(data, "after", 0, protocol.MAX_INTEGER)
            if other == me.user_id:
                raise not_allowed("nobody writes to oneself.")
            return history.read_page(me.user_id, other, before, after, limit)

        return Question(look, self._shapes.page)

    def conversations(self, asked: Asked) -> Question[listing.ListPage]:
        """`recent-users`: {"limit"?, "before"?}; `before` is the `next` of the page before."""

        def look(me: Person) -> listing.ListPage:
            data = asked()
            limit, before = parse_limit(data), parse_cursor(data)
            return listing.list_conversations(me.user_id, before, limit)

        return Question(look, self._show_list)

    def _show_list(self, found: listing.ListPage, me: Person) -> dict[str, Any]:
        listed, after_it = found
        return {
            "conversations": [self._shapes.listed(one, me) for one in listed],
            "next": None if after_it is None else make_cursor(after_it),
        }

    def search(self, asked: Asked) -> Question[list[Person]]:
        """`search-users`: {"query", "limit"?}: names that begin with it."""

        def look(me: Person) -> list[Person]:
            data = asked()
            query = protocol.parse_text(data, "query", QUERY_LIMIT, low=0).strip()
            return people.search_people(query, me.user_id, parse_limit(data))

        return Question(look, self._show_users)

    def named(self, asked: Asked) -> Question[list[Person]]:
        """{"username"}: the one who has just this name, or nobody."""

        def look(me: Person) -> list[Person]:
            username = protocol.parse_text(asked(), "username", USERNAME_LIMIT, low=0)
            found = people.find_by_username(username, me)
            return [] if found is None else [found]

        return Question(look, self._show_users)

    def _show_users(self, found: list[Person], me: Person) -> dict[str, Any]:
        return {"users": [self._shapes.user(person) for person in found]}

    def user(self, user_id: int) -> Question[Person]:
        return Question(
            lambda _: people.find_person(user_id), lambda found, _: self._shapes.user(found)
        )

    async def missed(
        self, me: Person, data: dict[str, Any], epoch: str
    ) -> tuple[dict[str, Any], missed.Budget]:
        """`sync`: {"seqs": {"<other>": last seq held}, "all"?}; with what may still be said."""
        held, still = _parse_seqs(data), "all" in data and protocol.parse_bool(data, "all")
        found, left = await self._reader.run(
            lambda: missed.read_missed(me.user_id, held, PAGE, missed.Budget(), still)
        )
        shown = [self._shapes.missed(one, me) for one in found]
        return {"epoch": epoch, "conversations": shown}, left


def parse_limit(data: dict[str, Any], most: int = history.PAGE_LIMIT) -> int:
    """How much a page may hold. Raises Refused (-2)."""
    return protocol.parse_optional_int(data, "limit", 1, most) or PAGE


def _parse_seqs(data: dict[str, Any]) -> dict[int, int]:
    seqs = data.get("seqs")
    if not isinstance(seqs, dict) or len(seqs) > SEQS_LIMIT:
        raise malformed("seqs", f"seqs must be an object of at most {SEQS_LIMIT} members.")
    held = {}
    for key, seq in seqs.items():
        if not (key.isascii() and key.isdigit() and len(key) <= 16):
            raise malformed("seqs", "the keys of seqs must be user ids.")
        if type(seq) is not int or not 0 <= seq <= protocol.MAX_INTEGER:
            raise malformed("seqs", "the values of seqs must be seqs.")
        held[int(key)] = seq
    return held


def make_cursor(place: tuple[int, int]) -> str:
    """Where the next page of a list begins, as text that means nothing to clients."""
    return base64.urlsafe_b64encode(b"%d.%d" % place).decode().rstrip("=")


def parse_cursor(data: dict[str, Any]) -> tuple[int, int] | None:
    """Raises Refused (-2)."""
    text = data.get("before")
    if text is None:
        return None
    try:
        time, conversation = base64.urlsafe_b64decode(f"{text:<64.64}".strip() + "==").split(b".")
        place = int(time[:16]), int(conversation[:16])
    except (ValueError, TypeError, binascii.Error):
        raise malformed("before", "before must be the next of an earlier page.") from None
    if min(place) < 0 or max(place) > protocol.MAX_INTEGER:
        raise malformed("before", "before must be the next of an earlier page.")
    return place
