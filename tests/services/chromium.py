"""The Chromium that is installed here, for the browser tests."""

from __future__ import annotations

import os

from tests.services.process import find_program

# Chromium without its windows: the same engine for half of the CPU. Where it is missing, the whole.
HEADLESS = "chromium-headless-shell"
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str:
    return find_program(HEADLESS, *WHOLE)


def find_whole_chromium() -> str:
    return find_program(*WHOLE)


def chromium_flags() -> list[str]:
    """Chromium's own sandbox does not work for root, and /dev/shm is tiny in containers."""
    return ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
