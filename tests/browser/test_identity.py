"""Tokens of the host site: renewed without anybody noticing, and changed in place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import bubble, expect_connected, stored_keys, tick, write
from tests.services.parley import ParleyServer

MakeVisitor = Callable[[], Visitor]
# Whatever of the messenger the eye could catch while it is renewed.
WATCH = """(node) => {
    window.seen = [];
    window.widget = node;
    const status = node.querySelector('.parley-status');
    new MutationObserver(() => status.hidden || window.seen.push(status.textContent))
        .observe(status, { attributes: true, attributeFilter: ['hidden'] });
}"""


@pytest.fixture
def visit(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor, members: dict[str, int]
) -> Callable[[str], Page]:
    """A page of the host with a messenger of these settings."""

    def make(settings: str) -> Page:
        page = visitor().visit(
            host.put(
                "/",
                f"""<!doctype html><title>Shop</title><div id="chat"></div>
                <script src="{chat.url}/widget.js"></script>""",
            )
        )
        page.evaluate(f"() => {{ parley('init', '#chat', {settings}) }}")
        return page

    return make


@pytest.mark.parametrize(
    "source", ["tokenUrl: '/token'", "token: () => fetch('/token').then((r) => r.text())"]
)
def test_an_expired_token_is_renewed_and_nobody_notices(
    host: HostSite, visit: Callable[[str], Page], source: str
) -> None:
    host.put("/token", token_of("ann", ttl=4), "text/plain")
    page = visit(f"{{ {source}, with: 'ben' }}")
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")
    expect_connected(page)
    write(page, "before")
    expect(tick(page, "before")).to_have_text("Sent")
    assert host.asked.count("/token") == 1
    host.put("/token", token_of("ann"), "text/plain")
    page.locator(".parley").evaluate(WATCH)
    page.locator(".parley-input").fill("half a sent")
    with page.expect_websocket():
        expect(page.locator(".parley-input")).to_be_focused()
    page.keyboard.type("ence")
    page.keyboard.press("Enter")
    expect(tick(page, "half a sentence")).to_have_text("Sent")
    assert host.asked.count("/token") == 2
    assert page.locator(".parley").evaluate("(node) => [node === widget, ...seen]") == [True]


def test_where_nobody_can_be_asked_who_it_is_that_is_said(
    host: HostSite, visit: Callable[[str], Page]
) -> None:
    page = visit("{ tokenUrl: '/not-yet' }")
    expect(page.get_by_role("status")).to_have_text("The server cannot be reached.")
    host.put("/not-yet", token_of("ann"), "text/plain")
    expect(page.locator(".parley-head--me")).to_contain_text("Ann")
    expect(page.get_by_text("The server cannot be reached.")).to_have_count(0)


def test_another_account_takes_the_place_of_the_first(
    visit: Callable[[str], Page], members: dict[str, int]
) -> None:
    ann, ben = token_of("ann"), token_of("ben")
    page = visit(f"{{ token: '{ann}', with: 'cat' }}")
    expect(page.locator(".parley-head--me")).to_contain_text("Ann")
    expect_connected(page)
    write(page, "stored")
    expect(tick(page, "stored")).to_have_text("Sent")
    page.evaluate("() => parley('instance', '#chat').messenger.transport.stop()")
    write(page, "of ann alone")
    expect(tick(page, "of ann alone")).to_have_text("Sending")
    page.evaluate("(token) => { parley('option', '#chat', 'token', token) }", ben)
    expect(page.locator(".parley-head--me")).to_contain_text("Ben")
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Cat")
    expect_connected(page)
    write(page, "of ben")
    expect(tick(page, "of ben")).to_have_text("Sent")
    expect(page.locator(".parley-row")).to_have_count(1)
    page.evaluate("(token) => { parley('option', '#chat', 'token', token) }", ann)
    expect(page.locator(".parley-head--me")).to_contain_text("Ann")
    expect(tick(page, "of ann alone")).to_have_text("Sent")
    expect(bubble(page, "stored")).to_be_visible()
    expect(bubble(page, "of ben")).to_have_count(0)
    assert any(f"/{members['ben']}/" in key for key in stored_keys(page))
    page.evaluate("() => { parley('wipe', '#chat'); parley('destroy', '#chat') }")
    assert stored_keys(page) == []


@pytest.mark.parametrize("first", [False, True])
def test_an_account_changed_at_the_host_is_another_account_here(
    host: HostSite, visit: Callable[[str], Page], first: bool
) -> None:
    """In another tab, say: the host then has a token for us, but for somebody else."""
    host.put("/token", token_of("ann", ttl=4), "text/plain")
    token = f"token: '{token_of('ann', ttl=4)}'," if first else ""
    page = visit(f"{{ {token} tokenUrl: '/token', with: 'cat' }}")
    expect_connected(page)
    write(page, "from ann")
    expect(tick(page, "from ann")).to_have_text("Sent")
    host.put("/token", token_of("ben"), "text/plain")
    expect(page.locator(".parley-head--me")).to_contain_text("Ben")
    expect_connected(page)
    write(page, "from ben")
    expect(tick(page, "from ben")).to_have_text("Sent")
    expect(page.locator(".parley-row")).to_have_count(1)


def test_without_another_token_the_person_is_told(visit: Callable[[str], Page]) -> None:
    page = visit(f"{{ token: '{token_of('ann', ttl=4)}', with: 'cat' }}")
    status = page.locator(".parley-status")
    expect(status).to_contain_text("Your sign-in has expired. Reload the page to go on.")
    expect(status.get_by_role("button")).to_have_count(0)  # it could do nothing
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Cat")


def test_a_host_that_had_no_token_can_be_asked_again(
    host: HostSite, visit: Callable[[str], Page]
) -> None:
    host.put("/token", token_of("ann", ttl=4), "text/plain")
    page = visit("{ tokenUrl: '/token', with: 'ben' }")
    expect_connected(page)
    host.put("/token", "", status=401)
    status = page.locator(".parley-status")
    expect(status).to_contain_text("Your sign-in has expired.")
    host.put("/token", token_of("ann"), "text/plain")
    status.get_by_role("button", name="Connect now").click()
    expect_connected(page)


def test_another_token_of_the_same_member_changes_nothing(visit: Callable[[str], Page]) -> None:
    page = visit(f"{{ token: '{token_of('ann')}', with: 'ben' }}")
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")
    expect_connected(page)
    page.locator(".parley").evaluate(WATCH)
    page.locator(".parley-input").fill("a draft")
    next_token = token_of("ann", ttl=900)
    with page.expect_response("**/api/v1/me"):
        page.evaluate("(token) => { parley('option', '#chat', 'token', token) }", next_token)
    page.keyboard.press("Enter")
    expect(tick(page, "a draft")).to_have_text("Sent")
    assert page.locator(".parley").evaluate("(node) => [node === widget, ...seen]") == [True]


def test_where_the_host_has_no_token_nobody_is_here_until_it_has_one(
    host: HostSite, visit: Callable[[str], Page]
) -> None:
    host.put("/nobody", "", status=401)
    page = visit("{ tokenUrl: '/nobody' }")
    page.evaluate("() => { parley('on', '#chat', 'signedout', (e) => { window.heard = e }) }")
    page.evaluate("() => { parley('option', '#chat', 'tokenUrl', '/nobody?again') }")
    page.wait_for_function("() => window.heard?.reason === 'nobody'")
    expect(page.locator(".parley")).to_have_count(0)
    host.put("/token", token_of("ann"), "text/plain")
    page.evaluate("() => { parley('option', '#chat', 'tokenUrl', '/token') }")
    expect(page.locator(".parley-head--me")).to_contain_text("Ann")


@pytest.mark.parametrize("source", ["token: '{}'", "tokenProvider: async () => '{}'"])
def test_between_two_accounts_nothing_is_shown_or_sent(
    visit: Callable[[str], Page], source: str
) -> None:
    page = visit(f"{{ token: '{token_of('ann')}', with: 'cat' }}")
    expect_connected(page)
    write(page, "of ann")
    expect(tick(page, "of ann")).to_have_text("Sent")
    held: list[Route] = []
    page.route("**/api/v1/me", lambda route: held.append(route))
    with page.expect_request("**/api/v1/me"):
        page.evaluate(f"() => parley('init', '#chat', {{ {source.format(token_of('ben'))} }})")
    expect(page.locator(".parley")).to_have_count(0)
    assert page.evaluate("() => parley('instance', '#chat').send('whose?')") is False
    held.pop().continue_()
    expect(page.locator(".parley-head--me")).to_contain_text("Ben")
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Cat")
    expect(page.locator(".parley-row")).to_have_count(0)


def test_another_source_of_tokens_of_the_same_member_brings_them_back_where_they_were(
    visit: Callable[[str], Page],
) -> None:
    page = visit(f"{{ token: '{token_of('ann')}', with: 'cat' }}")
    expect_connected(page)
    page.locator(".parley-input").fill("a draft")
    page.evaluate("() => parley('with', '#chat', 'ben')")
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")
    provider = f"async () => '{token_of('ann', ttl=900)}'"
    page.evaluate(f"() => parley('option', '#chat', 'tokenProvider', {provider})")
    expect_connected(page)
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")
    page.evaluate("() => parley('with', '#chat', 'cat')")
    expect(page.locator(".parley-input")).to_have_value("a draft")


def test_another_face_loses_no_words_where_nothing_can_be_stored(
    visit: Callable[[str], Page],
) -> None:
    page = visit(f"{{ token: '{token_of('ann')}', with: 'ben' }}")
    expect_connected(page)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    page.evaluate("() => parley('instance', '#chat').messenger.transport.stop()")
    write(page, "written in the tunnel")
    page.locator(".parley-input").fill("half a draft")
    page.evaluate("() => parley('option', '#chat', 'locale', 'zh-CN')")
    expect(page.locator(".parley-input")).to_have_value("half a draft")
    expect(tick(page, "written in the tunnel")).to_have_text("已发送")
