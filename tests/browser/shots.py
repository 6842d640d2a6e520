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
from tests.services.chromium import chromium_flags, find_chromium
from tests.services.parley import ParleyServer

CHINESE = states.Words(
    alice="林晓",
    bob="张伟",
    carol="王芳",
    news="明天的安排没变吧？",
    talk=(
        ("bob", "早上好！包裹收到了吗？"),
        ("alice", "收到了，谢谢。台灯比图片上还好看。"),
        ("alice", "问一下：用什么灯泡？说明书上只写了 E14。"),
        ("bob", "40W 以下的 E14 都可以。我喜欢这种：https://example.org/bulbs/warm-e14"),
        ("bob", "💡"),
    ),
    reply="太好了，下班路上买一个。",
    missed="装好了发张照片！",
)
ARABIC = states.Words(
    alice="ليلى حداد",
    bob="Bob (Brandt)",
    carol="كريم منصور",
    news="هل موعدنا غدًا كما هو؟",
    talk=(
        ("bob", "صباح الخير! هل وصل الطرد؟"),
        ("alice", "نعم، شكرًا. المصباح أجمل من الصور."),
        ("alice", "سؤال: أي لمبة تناسبه؟ مكتوب في الورقة E14 فقط."),
        ("bob", "Any E14 up to 40 W: https://example.org/bulbs/warm-e14"),
        ("bob", "💡"),
    ),
    reply="ممتاز، سأشتري واحدة في طريقي إلى البيت.",
    missed="وأرسلي صورة بعد تعليقه!",
)
# what it is called: how the browser is set, and what people say
LOOKS: dict[str, tuple[dict[str, Any], states.Words]] = {
    "light": ({"color_scheme": "light"}, states.Words()),
    "dark": ({"color_scheme": "dark"}, states.Words()),
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
            executable_path=find_chromium(), args=[*chromium_flags(), *QUIET]
        )
        for look in looks or LOOKS:
            for device in states.DEVICES:
                take_modes(browser, folder, look, device)
                take(browser, folder, look, device)
        browser.close()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
