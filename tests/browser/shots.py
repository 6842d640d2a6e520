"""`python -m tests.browser.shots FOLDER [look ...]`: every state and mode in each look, by device.

To be looked at (`make shots`): what tests cannot tell is whether one would want to use it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser import modes, states
from tests.browser.conftest import QUIET
from tests.browser.person import Person
from tests.browser.words import ARABIC, CHINESE, Words
from tests.services.chromium import chromium_flags, find_whole_chromium
from tests.services.parley import ParleyServer

# what it is called: how the browser is set, and what people say
LOOKS: dict[str, tuple[dict[str, Any], Words]] = {
    "light": ({"color_scheme": "light"}, Words()),
    "dark": ({"color_scheme": "dark"}, Words()),
    "zh-CN": ({"locale": "zh-CN"}, CHINESE),
    "ar": ({"locale": "ar", "color_scheme": "light"}, ARABIC),
}


def take_modes(browser: Browser, folder: Path, look: str, device: str) -> None:
    """All modes, on a page of another site."""
    profile, words = LOOKS[look]
    settings = {**states.DEVICES[device], **profile}
    for name, page in modes.Modes(browser, settings, words).each():
        page.screenshot(path=folder / f"embed-{name}-{look}-{device}.png", animations="disabled")


def take(browser: Browser, folder: Path, look: str, device: str) -> None:
    """All states, on a server of their own."""
    profile, words = LOOKS[look]
    people: list[Person] = []

    with ParleyServer(guests=True) as server:

        def person(username: str, **settings: Any) -> Person:
            people.append(Person(browser, server.url, username, **settings))
            return people[-1]

        for name, page in states.of(person, device, words, **profile).each():
            page.screenshot(path=folder / f"{name}-{look}-{device}.png", animations="disabled")
        for one in people:
            one.context.close()


def main(folder: Path, looks: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_whole_chromium(), args=[*chromium_flags(), *QUIET]
        )
        for look in looks or LOOKS:
            for device in states.DEVICES:
                take_modes(browser, folder, look, device)
                take(browser, folder, look, device)
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
