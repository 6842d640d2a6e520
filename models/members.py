"""A host site's members, many at a time: looked up, made, and changed. Runs in a reader thread.

models/accounts.py does the same for one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from app.access.person import Person
from app.messaging.errors import Refused, not_signed_in
from models import accounts
from models.accounts import Arrival
from models.base import database
from models.people import embedded_key, to_person
from models.read_sql import EMBEDDED, KEY, Statement, fetch

# what is stored of a member: the columns of EMBEDDED
Row = tuple[Any, ...]


def recognize(arrivals: Sequence[Arrival]) -> list[Person | Refused | None]:
    """The users of those who are known and as the host says; None: ask `admit`. Reads only.

    Refused (-3) is whose token was revoked.
    """
    rows = _find([arrival.member.sub for arrival in arrivals])
    return [_recognized(rows.get(arrival.member.sub), arrival) for arrival in arrivals]


def _recognized(row: Row | None, arrival: Arrival) -> Person | Refused | None:
    if row is None:
        return None
    try:
        said = accounts.as_said(row, *arrival)
    except Refused as refused:
        return refused
    return to_person(row[:7]) if said == row else None


def admit(arrivals: Sequence[Arrival]) -> list[Person | Refused]:
    """The users of all, made or changed where need be: one transaction each.

    Of two tabs that say different things of one member, what the later token says stays; of two of
    one moment, what came last.
    """
    rows = _find([arrival.member.sub for arrival in arrivals])
    missing = [arrival for arrival in arrivals if arrival.member.sub not in rows]
    if missing:
        # in one order in all processes, or they would wait for each other crosswise
        accounts.add_embedded(sorted(missing, key=lambda arrival: arrival.member.sub))
        rows |= _find([arrival.member.sub for arrival in missing])
    said = dict(rows)
    admitted = [_admitted(said, arrival) for arrival in arrivals]
    _store([(rows[sub], row) for sub, row in said.items() if row != rows[sub]])
    return admitted


def _admitted(rows: dict[str, Row], arrival: Arrival) -> Person | Refused:
    sub = arrival.member.sub
    if sub not in rows:
        return not_signed_in()
    try:
        rows[sub] = accounts.as_said(rows[sub], *arrival)
    except Refused as refused:
        return refused
    return to_person(rows[sub][:7])


def _store(changed: list[tuple[Row, Row]]) -> None:
    if not changed:
        return
    with database.atomic():
        for row, said in sorted(changed):  # by id: in one order in all processes
            accounts.store_said(row, said)


def _find(subs: Collection[str]) -> dict[str, Row]:
    keys = sorted({embedded_key(sub) for sub in subs})
    found = {row[-1]: row[:-1] for row in fetch(statement_for(len(keys)), keys)}
    return {sub: found[key] for sub in subs if (key := embedded_key(sub).decode()) in found}


@cache
def statement_for(count: int) -> Statement:
    """EMBEDDED for so many keys, with the key behind; a batch's worth of these is kept."""
    marks = ", ".join("?" * count)
    return Statement(
        (*EMBEDDED.columns, ("u.name_key", KEY)),
        f"FROM user u WHERE u.name_key IN ({marks}) AND u.kind = 'embedded'",
    )
