"""`make demo`: a newcomer sees two members of a pretend shop talk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import socket

import pytest
from playwright.sync_api import expect

from tests.browser.host import Visitor
from tests.services.parley import ROOT
from tests.services.ports import free_port


@pytest.fixture
def demo() -> Iterator[str]:
    """The address of the running demo. It ends by SIGTERM with exit code 0."""
    command = [sys.executable, "-m", "demo", "--port", str(free_port())]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            assert line.startswith("Two members of a shop talk on http://"), line
            yield line.split()[-1]
        finally:
            process.terminate()
            code = process.wait(20)
    assert code == 0


def test_a_port_in_use_is_one_line() -> None:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "demo", "--port", f"{port}"]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"demo: port {port}: ")
    assert len(done.stderr.splitlines()) == 1


def test_two_members_of_the_shop_talk(
    demo: str, visitor: Callable[[], Visitor], shots: Path
) -> None:
    page = visitor().visit(demo)
    mia, tom = page.locator(".chat").first, page.locator(".chat").last
    expect(mia.locator(".parley-head-name").last).to_have_text("Tom Okafor")
    expect(tom.locator(".parley-head-name").last).to_have_text("Mia Lindgren")
    for writer, reader, text in (
        (mia, tom, "Hello Tom, is the green wool still there?"),
        (tom, mia, "It is: eleven balls. Shall I keep them for you?"),
        (mia, tom, "Please do, all of them!"),
    ):
        writer.locator(".parley-input").fill(text)
        writer.locator(".parley-input").press("Enter")
        expect(reader.locator(".parley-text").last).to_have_text(text)
    expect(mia.locator(".parley-log .parley-tick").last).to_have_text("Read")
    page.screenshot(path=shots / "demo.png")
    assert page.context.cookies() == []
