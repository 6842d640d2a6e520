"""What the database holds of somebody's messages."""

from tests.client import Person
from tests.oracle import read_rows
from tests.services.parley import ParleyServer


def rows_of(server: ParleyServer, sender: Person) -> list[tuple[int, int, str]]:
    """(seq, recipient, content) of all that somebody ever stored."""
    query = f"SELECT seq, other, content FROM chatlog WHERE me = {sender.user_id} ORDER BY seq"
    return [(seq, other, content) for seq, other, content in read_rows(server.database_url, query)]


def conversations_of(server: ParleyServer, person: Person) -> int:
    query = f"SELECT COUNT(*) FROM participant WHERE user_id = {person.user_id}"
    return int(read_rows(server.database_url, query)[0][0])
