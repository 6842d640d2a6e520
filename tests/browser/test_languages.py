"""Chinese with the tutorial's words, traditional characters, and from right to left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import bubble, item, tick, write
from tests.services.parley import ParleyServer


def test_the_page_speaks_chinese(person: MakePerson, shots: Path) -> None:
    alice = person("alice", name="爱丽丝", locale="zh-CN")
    bob = person("bob", name="张伟", locale="zh-CN")
    page = alice.page(bob)
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    write(page, "你好")
    expect(page.locator(".parley-toast")).to_have_text("未在线,等待上线回复.")
    expect(tick(page, "你好")).to_have_text("已发送")
    expect(bubble(page, "你好").locator("time")).to_have_text("几秒前")
    expect(page.locator(".parley-day")).to_have_text("今天")
    page.screenshot(path=shots / "desktop-zh-CN.png")
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="欢迎回来")).to_be_visible()


@pytest.mark.parametrize("locale", ["zh-TW", "zh-HK"])
def test_traditional_characters_are_a_language_of_their_own(
    person: MakePerson, locale: str
) -> None:
    alice = person("alice", name="愛麗絲", locale=locale)
    bob = person("bob", name="張偉", locale=locale)
    page = alice.page(bob)
    expect(page.locator("html")).to_have_attribute("lang", "zh-TW")
    write(page, "你好")
    expect(page.locator(".parley-toast")).to_have_text("對方不在線上，上線後會回覆。")
    expect(bubble(page, "你好").locator("time")).to_have_text("幾秒前")
    page.get_by_role("button", name="登出").click()
    expect(page.get_by_role("heading", name="歡迎回來")).to_be_visible()


def test_arabic_is_mirrored_and_keeps_names_and_texts_apart(person: MakePerson) -> None:
    alice = person("alice", name="ليلى", locale="ar-EG")
    bob = person("bob", name="Bob (Brandt)")
    bob.post(alice, "Hello, world!")
    page = alice.page()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    item(page, "Bob").click()
    write(page, "مرحبا!")
    expect(tick(page, "مرحبا!")).to_have_text("أُرسلت")
    expect(bubble(page, "مرحبا!").locator("time")).to_have_text("قبل ثوانٍ")
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert _left(page.locator(".parley-side")) > width / 2
    theirs = page.locator(".parley-row--theirs .parley-bubble")
    assert _left(theirs) > _left(bubble(page, "مرحبا!").locator(".parley-bubble"))
    assert _left(page.locator(".parley-send")) < _left(page.locator(".parley-input"))
    assert _direction(page, ".parley-row--theirs .parley-text") == "ltr"
    assert _direction(page, ".parley-row--mine .parley-text") == "rtl"
    assert _direction(page, ".parley-thread .parley-head-name") == "ltr"
    expect(page.locator(".parley-input")).to_have_css("text-align", "right")
    expect(page.locator(".parley-input")).to_have_attribute(
        "aria-label", "اكتب رسالة إلى \u2068Bob (Brandt)\u2069"
    )


def _left(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["x"]


def _direction(page: Page, selector: str) -> str:
    node = page.locator(selector).first
    assert node.evaluate("(node) => getComputedStyle(node).unicodeBidi").endswith("isolate")
    return str(node.evaluate("(node) => getComputedStyle(node).direction"))


@pytest.mark.usefixtures("members")
@pytest.mark.parametrize(
    ("browser", "claims", "attribute", "spoken", "placeholder"),
    [
        ("ar-EG", {}, "", "ar", "البحث عن شخص"),
        ("zh-CN", {}, "", "zh-CN", "找人"),
        ("ar-EG", {"locale": "zh-HK"}, "", "zh-TW", "找人"),
        ("ar-EG", {"locale": "zh-HK"}, 'data-parley-locale="en"', "en", "Find a person"),
    ],
)
def test_embedded_it_speaks_as_the_page_the_token_or_the_browser_says(
    chat: ParleyServer,
    host: HostSite,
    visitor: Callable[..., Visitor],
    browser: str,
    claims: dict[str, Any],
    attribute: str,
    spoken: str,
    placeholder: str,
) -> None:
    html = f"""<!doctype html><title>Shop</title>
        <div data-parley {attribute} data-parley-token="{token_of("ann", **claims)}"></div>
        <script async src="{chat.url}/widget.js"></script>"""
    page = visitor(locale=browser).visit(host.put("/", html))
    expect(page.locator(".parley")).to_have_attribute("lang", spoken)
    expect(page.locator(".parley")).to_have_attribute("dir", "rtl" if spoken == "ar" else "ltr")
    expect(page.get_by_placeholder(placeholder)).to_be_visible()


SENTENCES = [
    ("en-GB", "Parley needs JavaScript.", "Parley could not be loaded. Please reload the page."),
    ("zh-CN", "使用 Parley 需要启用 JavaScript。", "无法加载 Parley，请刷新页面。"),
    ("zh-HK", "使用 Parley 需要啟用 JavaScript。", "無法載入 Parley，請重新整理頁面。"),
    (
        "ar-EG",
        "يحتاج Parley إلى تفعيل JavaScript.",
        "تعذّر تحميل Parley. يُرجى إعادة تحميل الصفحة.",
    ),
    ("fr", "Parley needs JavaScript.", "Parley could not be loaded. Please reload the page."),
]


@pytest.mark.parametrize(("locale", "no_script", "not_loaded"), SENTENCES)
def test_a_page_without_scripts_says_so_in_the_visitors_language(
    person: MakePerson, locale: str, no_script: str, not_loaded: str
) -> None:
    off = person("off", register=False, locale=locale, java_script_enabled=False)
    page = off.context.new_page()
    page.goto(off.url)
    expect(page.locator("noscript .page-note")).to_have_text(no_script)
    expect(page.locator("noscript .page-note")).to_be_visible()
    broken = person("broken", register=False, locale=locale).context.new_page()
    # as if it had been loaded again as often as it may
    broken.add_init_script("sessionStorage.setItem('page/reloads', 3)")
    broken.route("**/parley/rows.js", lambda route: route.abort("connectionfailed"))
    broken.goto(off.url)
    expect(broken.get_by_role("alert")).to_have_text(not_loaded)
    expect(broken.locator("noscript")).to_be_hidden()
