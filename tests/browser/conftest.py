"""The real console on the real Asterisk, and a real Chromium: what tests of the pages ask for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from desk import CHROMIUM
from manager_line import ManagerLine
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from running_asterisk import house, start_carrier, start_centre

from agent_console.app import create_app
from agent_console.parts import Parts
from citizen_services.sample_data import DEMONSTRATION_PASSWORD, seed
from contact_centre.database import connect, session_scope
from contact_centre.migrate import migrate
from contact_centre.settings import PROJECT_ROOT, Settings
from operations.chromium import to_launch

ARTEFACTS = PROJECT_ROOT / "artefacts" / "pages"
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@dataclass(frozen=True, slots=True)
class Console:
    """The console's pages, and a browser to open them in."""

    url: str
    settings: Settings
    browser: Browser
    carrier: ManagerLine
    """The telephone company, for citizens' calls."""
    parts: Parts
    """What the console keeps behind its doors."""

    async def visitor(
        self, language: str = "en", scheme: str = "light", width: int = 1440, height: int = 900
    ) -> BrowserContext:
        """A browser of its own: no cookies yet, one language, one theme."""
        context = await self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            permissions=["microphone"],  # Chromium's headless shell plays a call's sound to nobody else
        )
        await context.add_init_script(
            f"if (!localStorage.getItem('huduma-language')) localStorage.setItem('huduma-language', '{language}')"
        )
        context.set_default_timeout(12_000)
        return context


async def sign_in(page: Page, username: str, password: str = DEMONSTRATION_PASSWORD) -> None:
    """Sign in, as one of the sample people unless a password is given, with the keyboard alone."""
    await page.goto("/")
    await page.locator("input[autocomplete=username]").fill(username)
    await page.keyboard.press("Tab")
    await page.keyboard.type(password)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: not url.endswith("/"))


async def nothing_found(page: Page) -> None:
    """Ask axe about the page as it is now."""
    results: Any = await Axe().run(page, options=RULES)
    found = results.response["violations"]
    lines = [
        f"{v['id']}: {v['help']}\n    {n['html'][:160]}\n    {n['failureSummary'][:300]}"
        for v in found
        for n in v["nodes"]
    ]
    assert not found, "\n" + "\n".join(lines)


OVERFLOWS = """() => [document.documentElement, ...document.querySelectorAll('main, main *')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    .filter((one) => one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX))
    .map((one) => `${one.tagName} ${one.className}: ${one.scrollWidth} > ${one.clientWidth}`)
"""


async def fits_the_width(page: Page) -> None:
    """Nothing can be scrolled sideways: not the page, and no part of it."""
    assert await page.evaluate(OVERFLOWS) == []


async def picture(page: Page, name: str) -> Path:
    """Keep what the page looks like, for people to look at."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    path = ARTEFACTS / f"{name}.png"
    await page.screenshot(path=path)
    return path


@pytest.fixture(scope="session")
async def console(tmp_path_factory: pytest.TempPathFactory, built_pages: None) -> AsyncIterator[Console]:
    """The console with sample data, its router linked to an Asterisk that gives a page time to come back."""
    settings = house(tmp_path_factory.mktemp("pages"), rejoin_s=20, agent_seats=60)
    with start_centre(settings), start_carrier(settings) as carrier:
        async with ManagerLine.to(carrier.manager_port, carrier.user, carrier.secret) as line:
            async for ready in _serving(settings, line):
                yield ready


async def _serving(settings: Settings, carrier: ManagerLine) -> AsyncIterator[Console]:
    migrate(settings.url)
    engine = connect(settings.url)
    with session_scope(engine) as session:
        seed(session, datetime.now(UTC))
    engine.dispose()
    app = create_app(settings)
    config = uvicorn.Config(app, port=settings.console_port, log_level="warning", ws="websockets-sansio")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=to_launch(), args=CHROMIUM)
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.02)
        yield Console(f"http://localhost:{settings.console_port}", settings, browser, carrier, app.state.parts)
        await browser.close()
    server.should_exit = True
    await serving
