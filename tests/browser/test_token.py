"""The widget for members of another site: a signed token instead of a cookie."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, expect_connected, item, stored_keys, write
from tests.conftest import StartServer
from tests.services.parley import QUICK, ParleyServer, run_parley


@pytest.fixture
def secrets_file(tmp_path: Path) -> Path:
    path = tmp_path / "identities.json"
    path.write_text(json.dumps({"k1": "a secret of the host site, long enough"}), "utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def parley(start_server: StartServer, secrets_file: Path) -> ParleyServer:
    return start_server(module=QUICK, identity_secrets_file=secrets_file)


def token_for(sub: str, name: str, secrets_file: Path) -> str:
    asked = ("token", "--sub", sub, "--name", name, "--identity-secrets-file", str(secrets_file))
    done = run_parley(*asked)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def start(page: Page, settings: str, token: str) -> None:
    page.evaluate(
        f"""(token) => {{
            document.body.replaceChildren();
            const chat = $('<main id="chat" class="page-chat">').appendTo('body');
            window.asked = 0;
            chat.parley({settings});
        }}""",
        token,
    )
    expect(page.locator(".parley")).to_be_visible()
    expect_connected(page)


@pytest.mark.parametrize(
    "settings", ["{token}", "{token: async () => { asked += 1; return token }}"]
)
def test_a_member_talks_by_token_and_no_cookie_is_set(
    person: MakePerson, secrets_file: Path, settings: str
) -> None:
    bob, visitor = person("bob", name="Bob"), person("visitor", register=False)
    page = visitor.page()
    start(page, settings, token_for("member-7", "Member Seven", secrets_file))
    expect(page.locator(".parley-head--me")).to_contain_text("Member Seven")
    page.locator(".parley-search-input").fill("bob")
    page.locator(".parley-item--person", has_text="Bob").click()
    write(page, "hello from the other site")
    at_bob = bob.page()
    expect(item(at_bob, "Member Seven")).to_contain_text("hello from the other site")
    item(at_bob, "Member Seven").click()
    write(at_bob, "welcome")
    expect(bubble(page, "welcome")).to_be_visible()
    assert visitor.context.cookies() == []
    assert all("member" not in key and "eyJ" not in key for key in stored_keys(page))
