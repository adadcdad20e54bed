"""The browser of the tests: Debian's Chromium without windows; on Ubuntu, whose own is a snap, what Playwright fetches.

A snap sees neither our temporary files nor a microphone that is a file. The headless shell is what Playwright takes by
itself; it opens and works a page for half of the processor time that `chromium --headless` takes.
"""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

OF_DEBIAN = "chromium-headless-shell"
"""The program, and the package that brings it."""


def find_chromium() -> str | None:
    """Where it is; None: nowhere."""
    if not on_ubuntu():
        return to_launch()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        fetched = playwright.chromium.executable_path
    return fetched if Path(fetched).exists() else None


def to_launch() -> str | None:
    """What Playwright is told to launch; None: the one that it fetched."""
    return None if on_ubuntu() else shutil.which(OF_DEBIAN)


def on_ubuntu() -> bool:
    """Whether this is Ubuntu, or made from it."""
    try:
        release = platform.freedesktop_os_release()
    except OSError:
        return False
    return "ubuntu" in (release["ID"], *release.get("ID_LIKE", "").split())


def fetching(as_root: Sequence[str]) -> list[list[str]]:
    """The commands that fetch Playwright's Chromium, and the libraries that it needs from Ubuntu.

    `as_root`: what stands before a command that only root may run.
    """
    playwright = [sys.executable, "-m", "playwright"]
    return [[*playwright, "install", "chromium"], [*as_root, *playwright, "install-deps", "chromium"]]
