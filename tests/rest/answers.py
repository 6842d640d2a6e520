"""A user and an error, as every endpoint gives them."""

from typing import Any

from tests.client import Reply

USER = {"user_id", "username", "name", "avatar", "kind", "locale", "online", "last_seen"}


def check(reply: Reply, status: int, code: int) -> dict[str, Any]:
    """An error as every endpoint gives it; the envelope."""
    envelope = reply.envelope
    assert (reply.status, envelope["errorcode"]) == (status, code), envelope
    assert set(envelope) <= {"errorcode", "txt", "data"}
    assert envelope["txt"].endswith(".")
    assert reply.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert "Traceback" not in reply.body.decode()
    return envelope
