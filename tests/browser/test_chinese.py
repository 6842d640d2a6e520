"""The same in Chinese, with the tutorial's words."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, tick, write


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
