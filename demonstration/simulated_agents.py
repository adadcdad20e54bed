"""Simulated agents: the real agent page in a headless Chromium, one context each, worked by its own buttons.

The page registers its own phone and answers by itself (a setting of the agent's), so nothing between citizen and agent
is a stand-in but the person.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
import soxr

from citizen_services.sample_data import DEMONSTRATION_PASSWORD
from contact_centre.errors import SetupFailed
from contact_centre.settings import Settings
from demonstration import sound_files
from demonstration.listening import RATE

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

MOST = 12
"""How many sample agents there are; one Chromium gives 16 microphones."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required",
)  # fmt: skip
MICROPHONE_RATE = 48_000


@asynccontextmanager
async def browser(settings: Settings) -> AsyncIterator[Browser]:
    """A headless Chromium whose microphone hears somebody speak.

    Raises:
        SetupFailed: Chromium or Playwright is missing; says what to install.
    """
    try:
        from playwright.async_api import async_playwright
    except ImportError as error:
        raise SetupFailed(
            "simulated agents need Playwright: `.venv/bin/pip install playwright`, or --agents 0"
        ) from error
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise SetupFailed("simulated agents need Chromium: `apt install chromium`, or --agents 0")
    voice = await asyncio.to_thread(_voice, settings)
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(
            executable_path=program,
            args=[*FLAGS, f"--use-file-for-fake-audio-capture={voice}"],
            handle_sigint=False,
        )
        try:
            yield opened
        finally:
            await opened.close()


async def work(
    opened: Browser, settings: Settings, number: int, talk_s: float, now_doing: Callable[[int, str], None]
) -> None:
    """Be agent `number` (from 1) until cancelled: become ready, talk about `talk_s` seconds (mean), write it down."""
    context = await opened.new_context(
        base_url=settings.console_url, permissions=["microphone", "notifications"], locale="en-GB"
    )
    page = await context.new_page()
    try:
        signed_in = await context.request.post(
            "/api/sign-in",
            headers={"X-Requested-With": "huduma"},
            data={"username": f"agent{number}", "password": DEMONSTRATION_PASSWORD},
        )
        if not signed_in.ok:
            raise SetupFailed(f"agent{number} cannot sign in: the house answers {signed_in.status}")
        await context.request.put(
            "/api/me/preferences", headers={"X-Requested-With": "huduma"}, data={"auto_answer": True}
        )
        await page.goto("/agent")
        while True:
            await _one_step(page, talk_s, lambda what: now_doing(number, what))
    finally:
        now_doing(number, "signed out")
        await asyncio.shield(context.close())


async def _one_step(page: Page, talk_s: float, now_doing: Callable[[str], None]) -> None:
    """Wait for whichever button comes and do what a person would."""
    ready = page.get_by_role("button", name="Become ready")
    end = (
        page.get_by_role("group", name="Call controls")
        .or_(page.get_by_label("Call controls"))
        .get_by_role("button", name="End")
    )
    save = page.get_by_role("button", name="Save, then ready")
    await ready.or_(end).or_(save).first.wait_for(timeout=0)
    if await save.is_visible():
        now_doing("wrap-up")
        await asyncio.sleep(random.uniform(2, 6))
        await (
            page.get_by_role("combobox", name="What was it about?")
            .or_(page.get_by_label("What was it about?"))
            .first.click()
        )
        options = page.get_by_role("option")
        await options.first.wait_for()
        await options.nth(random.randrange(await options.count())).click()
        await save.click()
        await save.wait_for(state="hidden")
    elif await end.first.is_visible():
        now_doing("on a call")
        await end.first.or_(save).first.wait_for()
        await _wait_hidden(end.first, random.expovariate(1 / talk_s))
        if await end.first.is_visible():
            await end.first.click()
            await _wait_hidden(end.first, 10)
    else:
        await ready.first.click()
        now_doing("ready")
        await ready.first.wait_for(state="hidden")


async def _wait_hidden(what: object, seconds: float) -> None:
    from playwright.async_api import Locator
    from playwright.async_api import TimeoutError as TooLong

    assert isinstance(what, Locator)
    try:
        await what.wait_for(state="hidden", timeout=seconds * 1000)
    except TooLong:
        return


def _voice(settings: Settings) -> Path:
    """A minute of the line's own English sentences, as a microphone would give them."""
    path = settings.data_dir / "carrier" / "microphone.wav"
    sounds = list(sound_files.prompts(settings.data_dir / "prompts").items())
    english = [sound for name, sound in sounds if name.startswith("en/")] or [np.zeros(RATE, np.float32)]
    joined = np.concatenate(english)[: 60 * RATE]
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, soxr.resample(joined / 32768, RATE, MICROPHONE_RATE), MICROPHONE_RATE, "PCM_16")
    return path
