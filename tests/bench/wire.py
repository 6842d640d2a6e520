"""The client's half of a WebSocket, by hand: handshake, frames out, frames in.

The generator shares two cores with the server it measures, so a library that parses
and masks frame by frame would measure itself. The masking key is zero, which is legal
and makes masking free.
"""

import json
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

PATH = "/user/chatwebsocket"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
HANDSHAKE_SECONDS = 30.0

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: parley.v1, parley.bearer.{token}\r\n\r\n"
)


class Frame(NamedTuple):
    opcode: int
    payload: bytes
    end: int


class HandshakeRefusedError(Exception):
    """The server did not answer 101, or its first push was no hello."""


def client_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One final client frame, masked with the zero key."""
    head = bytes((0x80 | opcode,))
    if len(payload) < 126:
        return head + bytes((0x80 | len(payload),)) + b"\0\0\0\0" + payload
    return head + b"\xfe" + struct.pack("!H", len(payload)) + b"\0\0\0\0" + payload


def server_frames(data: bytes) -> Iterator[Frame]:
    """The whole frames at the start of data; `end` is where each stops."""
    at = 0
    while len(data) >= at + 2:
        size, start = data[at + 1], at + 2
        if size >= 126:
            width = 2 if size == 126 else 8
            if len(data) < start + width:
                return
            size = int.from_bytes(data[start : start + width], "big")
            start += width
        if len(data) < start + size:
            return
        yield Frame(data[at] & 0x0F, data[start : start + size], start + size)
        at = start + size


class Connection(NamedTuple):
    """A socket after its hello. `rest` is what came behind the hello."""

    sock: socket.socket
    user_id: int
    rest: bytes


def connect(host: str, port: int, token: str) -> Connection:
    """Open one socket, say who we are, and wait for the hello."""
    sock = socket.create_connection((host, port), timeout=HANDSHAKE_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.sendall(HANDSHAKE.format(path=PATH, host=host, port=port, token=token).encode())
    data = _read_head(sock)
    deadline = time.monotonic() + HANDSHAKE_SECONDS
    while time.monotonic() < deadline:
        for frame in server_frames(data):
            user_id = hello_user(frame)
            if user_id is not None:
                sock.setblocking(False)
                return Connection(sock, user_id, data[frame.end :])
        data += _read_some(sock)
    raise HandshakeRefusedError("no hello came")


def _read_head(sock: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _read_some(sock)
    head, _, rest = data.partition(b"\r\n\r\n")
    if b" 101 " not in head.split(b"\r\n")[0]:
        raise HandshakeRefusedError(head.split(b"\r\n")[0].decode("latin-1"))
    return rest


def _read_some(sock: socket.socket) -> bytes:
    data = sock.recv(65536)
    if not data:
        raise HandshakeRefusedError("closed during the handshake")
    return data


def hello_user(frame: Frame) -> int | None:
    """The user id in a hello push, None in any other frame."""
    if frame.opcode != TEXT:
        return None
    body: dict[str, Any] = json.loads(frame.payload).get("data") or {}
    if body.get("event") != "hello":
        return None
    return int(body["user"]["user_id"])
