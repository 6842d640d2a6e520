"""The five lines of the README, on a page of another origin."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import bubble, expect_connected, write
from tests.browser.test_token import token_for
from tests.conftest import StartServer
from tests.services.parley import ROOT


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def host_site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A site of its own: its origin, and the folder that it serves."""
    folder = tmp_path / "host"
    folder.mkdir()
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{site.server_address[1]}", folder
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


def embedding_of_the_readme(base_url: str) -> str:
    """The README's HTML, with the address of the server under test."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    first = next(i for i, line in enumerate(lines) if "parley/parley.css" in line)
    block = [line.strip() for line in lines[first : first + 5]]
    assert block[-1].endswith("</script>")
    return "\n".join(block).replace("https://chat.example", base_url)


def test_two_members_of_another_site_talk(
    start_server: StartServer,
    chromium: Browser,
    host_site: tuple[str, Path],
    tmp_path: Path,
) -> None:
    origin, folder = host_site
    secrets = tmp_path / "identities.json"
    secrets.write_text(json.dumps({"k1": "a secret of the host site, long enough"}), "utf-8")
    secrets.chmod(0o600)
    parley = start_server(allowed_origins=origin, identity_secrets_file=secrets)
    html = f"<!doctype html><title>Shop</title>{embedding_of_the_readme(parley.url)}"
    pages = {}
    for member in ("ann", "ben"):
        (folder / member).mkdir()
        (folder / member / "index.html").write_text(
            html.replace("/chat-token", f"/{member}/token"), "utf-8"
        )
        token = token_for(member, member.title(), secrets)
        (folder / member / "token").write_text(token, "utf-8")
        page = chromium.new_context().new_page()
        page.goto(f"{origin}/{member}/")
        expect_connected(page)
        pages[member] = page
    ann, ben = pages["ann"], pages["ben"]
    ann.locator(".parley-search-input").fill("ben")
    ann.locator(".parley-item--person", has_text="Ben").click()
    write(ann, "from one shop page to another")
    expect(ben.locator(".parley-item", has_text="Ann")).to_contain_text("from one shop page")
    ben.locator(".parley-item", has_text="Ann").click()
    write(ben, "it works")
    expect(bubble(ann, "it works")).to_be_visible()
    assert ann.context.cookies() == ben.context.cookies() == []
