"""Starts a Parley and the shop that embeds it; both forget everything when they end."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from socket import socket

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from demo.site import Parley, introduce, secrets_file, shop

READY = "Parley is ready on "


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8889, help="port of the shop (8889)")
    port: int = parser.parse_args().port
    if not 0 <= port <= 65_535:  # the resolver would take the rest of a division
        parser.error(f"--port: {port} is no port")
    try:
        door = bind_sockets(port, "127.0.0.1")
    except OSError as error:
        other = 'another: make demo ARGS="--port 9000"'
        print(f"demo: port {port}: {error} ({other})", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="parley-demo-") as folder:
        return asyncio.run(run(door, Path(folder)))


async def run(door: list[socket], folder: Path) -> int:
    """The exit code of Parley, after SIGTERM or Ctrl+C."""
    secret, port = secrets.token_urlsafe(32), door[0].getsockname()[1]
    process = await start_parley(port, folder, secrets_file(folder, secret))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _end, process)
    try:
        ready = (await process.stdout.readline()).decode().strip() if process.stdout else ""
        if ready.startswith(READY):
            parley = Parley(ready.removeprefix(READY), "demo", secret)
            await introduce(parley)
            HTTPServer(shop(parley)).add_sockets(door)
            print(f"Two members of a shop talk on http://127.0.0.1:{port}", flush=True)
            await process.wait()
    finally:
        # whatever went wrong here, no Parley is left behind
        _end(process)
        code = await process.wait()
    return code


async def start_parley(port: int, folder: Path, identities: Path) -> Process:
    """As an operator would start it for this shop."""
    log = (folder / "parley.log").open("wb")
    flags = {
        "--port": "0",
        "--data-dir": str(folder),
        "--database-url": f"sqlite:///{folder / 'parley.db'}",
        "--identity-secrets-file": str(identities),
        "--allowed-origins": f"http://127.0.0.1:{port},http://localhost:{port}",
        "--registration": "closed",
    }
    words = [word for flag in flags.items() for word in flag]
    serve = (sys.executable, "-m", "app", "serve", *words)
    # Ctrl+C is for us alone: we pass it on
    return await asyncio.create_subprocess_exec(
        *serve, stdout=PIPE, stderr=log, start_new_session=True
    )


def _end(process: Process) -> None:
    if process.returncode is None:
        process.terminate()


if __name__ == "__main__":
    sys.exit(main())
