"""A socket below the WebSocket library: frames that no library would send, and silence.

Nothing is answered here, pings included, and nothing is read unless the test asks for it.
"""

import asyncio
import base64
import os
import socket
import struct
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from tests.client import PATIENCE, SOCKET_PATH, Person

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


class Frame(NamedTuple):
    """One frame from the server."""

    opcode: int
    payload: bytes

    @property
    def close_code(self) -> int | None:
        """The code, if it is a close frame that has one."""
        if self.opcode != CLOSE or len(self.payload) < 2:
            return None
        return int.from_bytes(self.payload[:2], "big")


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    final: bool = True,
    reserved: int = 0,
    masked: bool = True,
    announced: int | None = None,
) -> bytes:
    """One frame from a client; `announced` lies about the length, `reserved` sets RSV bits."""
    length = len(payload) if announced is None else announced
    head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
    mask_bit = 0x80 if masked else 0
    if length < 126:
        head += bytes([mask_bit | length])
    elif length < 1 << 16:
        head += bytes([mask_bit | 126]) + struct.pack("!H", length)
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", length)
    # A mask of zeros leaves the payload as it is.
    return head + (bytes(4) if masked else b"") + payload


class RawSocket:
    """One TCP connection, upgraded to a WebSocket if a person stands behind it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def plain(cls, base_url: str, receive_buffer: int | None = None) -> Self:
        """Only TCP."""
        parts = urlsplit(base_url)
        connection = socket.socket()
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.setblocking(False)
        address = (parts.hostname, parts.port)
        await asyncio.get_running_loop().sock_connect(connection, address)
        return cls(*await asyncio.open_connection(sock=connection))

    @classmethod
    async def upgraded(cls, person: Person, receive_buffer: int | None = None) -> Self:
        """A WebSocket of this person, right after the server's 101."""
        raw = await cls.plain(person.base_url, receive_buffer)
        lines = [
            f"GET {SOCKET_PATH} HTTP/1.1",
            f"Host: {urlsplit(person.base_url).netloc}",
            f"Origin: {person.base_url}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Cookie: " + "; ".join(f"{k}={v}" for k, v in person.cookies.items()),
        ]
        raw.writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await raw.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        return raw

    async def send(self, data: bytes) -> None:
        """Send these bytes; a server that has hung up is no error here."""
        try:
            self.writer.write(data)
            async with asyncio.timeout(PATIENCE):
                await self.writer.drain()
        except ConnectionError:
            self.writer.close()

    async def read_frame(self) -> Frame | None:
        """The next frame, None at the end of the connection."""
        try:
            opcode, size = await self.reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self.reader.readexactly(8), "big")
            return Frame(opcode & 0x0F, await self.reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def read_to_end(self, within: float = PATIENCE) -> list[Frame]:
        """All frames until the server ends the connection."""
        frames = []
        async with asyncio.timeout(within):
            while (got := await self.read_frame()) is not None:
                frames.append(got)
                if got.opcode == CLOSE:
                    self.writer.write(frame(CLOSE, got.payload))
        self.abort()
        return frames

    async def close_code(self, within: float = PATIENCE) -> int | None:
        """Wait for the end; the close code if there was one."""
        codes = [got.close_code for got in await self.read_to_end(within)]
        return codes[-1] if codes else None

    def abort(self) -> None:
        """Let go of the connection."""
        self.writer.transport.abort()
