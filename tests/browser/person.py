"""Somebody at a browser: what they do, and what they see."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

PASSWORD = "correct horse battery"


class Person:
    """One browser profile, signed in. Everything their pages complain of is kept in `troubles`."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        username: str,
        *,
        name: str = "",
        register: bool = True,
        **profile: Any,
    ) -> None:
        self.url = url
        self.username = username
        self.troubles: list[str] = []
        self.console: list[str] = []
        self.context: BrowserContext = browser.new_context(
            viewport=profile.pop("viewport", {"width": 1280, "height": 800}), **profile
        )
        self.context.on("page", self._watch)
        self.user_id = self._register(name) if register else 0

    def page(self, conversation: Person | None = None) -> Page:
        """A new tab with the messenger, on the list or with a conversation open."""
        page = self.context.new_page()
        page.goto(f"{self.url}/#with={conversation.user_id}" if conversation else self.url)
        try:
            expect(page.locator(".parley" if self.user_id else ".page-form")).to_be_visible()
        except AssertionError as error:
            raise AssertionError(f"the page stayed empty: {self.console}") from error
        return page

    def connected_page(self, conversation: Person | None = None) -> Page:
        """A new tab whose socket is open."""
        page = self.page(conversation)
        expect_connected(page)
        return page

    def post(self, other: Person, content: str, client_id: str | None = None) -> dict[str, Any]:
        """Write without a browser, through the REST API."""
        body = {"content": content, **({"client_id": client_id} if client_id else {})}
        path = f"{self.url}/api/v1/conversations/{other.user_id}/messages"
        answer = self.context.request.post(path, data=body)
        assert answer.ok, answer.text()
        return dict(answer.json()["data"])

    def history(self, other: Person) -> list[str]:
        """The texts the server holds, oldest first (the newest hundred)."""
        path = f"{self.url}/api/v1/conversations/{other.user_id}/messages?limit=100"
        return [entry[1] for entry in self.context.request.get(path).json()["data"]["logs"]]

    def _register(self, name: str) -> int:
        body = {"username": self.username, "password": PASSWORD, "nickname": name or None}
        answer = self.context.request.post(f"{self.url}/api/v1/users", data=body)
        assert answer.ok, answer.text()
        return int(answer.json()["data"]["user_id"])

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))
        page.on("console", self._listen)
        page.on("dialog", lambda dialog: self._refuse(dialog.message, dialog.dismiss))

    def _listen(self, message: ConsoleMessage) -> None:
        if re.search(r"Content.Security.Policy|violates", message.text, re.IGNORECASE):
            self.troubles.append(f"CSP: {message.text}")
        self.console.append(message.text)

    def _refuse(self, message: str, dismiss: Any) -> None:
        self.troubles.append(f"dialog: {message}")
        dismiss()


# What can be seen on a page and done with it -----------------------------------------------------


def write(page: Page, text: str) -> None:
    field = page.locator(".parley-input")
    field.fill(text)
    field.press("Enter")


def bubble(page: Page, text: str) -> Locator:
    """The bubbles that hold exactly this text."""
    exact = page.locator(".parley-text").filter(has_text=re.compile(f"^{re.escape(text)}$"))
    return page.locator(".parley-row").filter(has=exact)


def tick(page: Page, text: str) -> Locator:
    return bubble(page, text).locator(".parley-tick")


def item(page: Page, name: str) -> Locator:
    """The line of the conversation list with this name."""
    return page.locator(".parley-listpane .parley-item").filter(
        has=page.locator(".parley-item-name", has_text=name)
    )


def texts(page: Page) -> list[str]:
    return page.locator(".parley-text").all_inner_texts()


def expect_connected(page: Page) -> None:
    """That nothing is said is not enough: nothing is said either while it is only beginning."""
    status = page.locator(".parley-status")
    expect(status).to_have_attribute("data-state", "online")
    expect(status).to_be_hidden()


def stored_keys(page: Page) -> list[str]:
    """What Parley keeps in this browser."""
    keys = page.evaluate("() => [...Object.keys(sessionStorage), ...Object.keys(localStorage)]")
    return [key for key in keys if key.startswith("parley")]
