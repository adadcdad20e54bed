"""An agent at a desk, for end-to-end tests: a real page in a real Chromium whose microphone hears one tone."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.async_playwright import Axe
from citizen import Citizen
from playwright.async_api import Browser, Page, async_playwright, expect
from running_house import RunningHouse
from wires import Wires

from citizen_services.sample_data import DEMONSTRATION_PASSWORD
from contact_centre.settings import PROJECT_ROOT
from operations.chromium import to_launch

expect.set_options(timeout=20_000)  # how long a page takes says how busy the machine is
ARTEFACTS = PROJECT_ROOT / "artefacts" / "e2e"
CALLER_HZ, MICROPHONE_HZ = 440, 1000
"""The tones by which caller and agent hear each other."""
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
BEFORE_THE_PAGE = """
    // A pure tone is noise to a browser's noise suppression: the page's own wish for it is overruled, here only.
    if (navigator.mediaDevices) {
        const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
        const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
        navigator.mediaDevices.getUserMedia = () => open({ audio: raw })
    }
    // What the page plays to the agent, for an analyser to listen in on.
    const player = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'srcObject')
    Object.defineProperty(HTMLMediaElement.prototype, 'srcObject', {
        ...player,
        set(stream) {
            if (stream) window.playing = stream
            player.set.call(this, stream)
        },
    })
"""
LISTEN = """async (wanted) => {
    const context = new AudioContext()
    const analyser = new AnalyserNode(context, { fftSize: 8192 })
    const bins = new Float32Array(analyser.frequencyBinCount)
    const until = performance.now() + 15000
    let hertz = 0, level = -Infinity
    while (performance.now() < until && !window.playing?.getAudioTracks().length) {  // on its way back from hold
        await new Promise((resolve) => setTimeout(resolve, 100))
    }
    context.createMediaStreamSource(window.playing).connect(analyser)
    while (performance.now() < until && !(level > -50 && Math.abs(hertz - wanted) < 15)) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        analyser.getFloatFrequencyData(bins)
        level = Math.max(...bins)
        hertz = bins.indexOf(level) * context.sampleRate / analyser.fftSize
    }
    await context.close()
    return { hertz, level }
}"""
SIGN_OUT = (
    "() => fetch('/api/sign-out', {method: 'POST', headers: {'X-Requested-With': 'huduma'}}).then((r) => r.status)"
)


class Desk:
    """A signed-in agent's page, its phone registered."""

    def __init__(self, page: Page) -> None:
        """Made by `at_desk`."""
        self.page = page

    async def registered(self) -> None:
        """Wait until the phone has its line."""
        await expect(self.page.locator("[data-line=registered]")).to_be_visible(timeout=30_000)

    async def become_ready(self) -> None:
        """Ready for calls."""
        await self.page.get_by_role("button", name="Become ready").click()
        await self.is_ready()

    async def is_ready(self) -> None:
        """Wait until the page says that calls come here."""
        await expect(self.page.get_by_text("The next call comes to you.")).to_be_visible()

    async def rings(self) -> None:
        """Wait for an offer that can be answered."""
        await expect(self.page.get_by_role("button", name="Answer")).to_be_enabled()

    async def answer(self) -> None:
        """Wait for an offer, answer it by keyboard, and talk."""
        await self.rings()
        await self.page.keyboard.press("Space")
        await self.talks()

    async def talks(self) -> None:
        """Wait until the page says so."""
        await expect(self.page.get_by_text("Talking", exact=True)).to_be_visible()

    async def end(self) -> None:
        """End the call by keyboard; wrap-up follows."""
        await self.page.keyboard.press("e")
        await expect(self.page.get_by_role("button", name="Save, then ready")).to_be_visible()

    async def save_then_ready(self) -> None:
        """End the wrap-up with the least that is asked for."""
        await self.page.get_by_role("combobox", name="What was it about?").click()
        await self.page.get_by_role("option").first.click()
        await self.page.get_by_role("button", name="Save, then ready").click()
        await self.is_ready()

    async def hears_tone(self, hz: float) -> None:
        """Measure in the page what it plays to the agent: the loudest tone is this one."""
        found = await self.page.evaluate(LISTEN, hz)
        assert abs(found["hertz"] - hz) < 15, found
        assert found["level"] > -50, found

    async def nothing_is_found(self) -> None:
        """Ask axe about the page as it is now, in the midst of a call."""
        results: Any = await Axe().run(self.page, options=AXE)
        assert not results.response["violations"], [v["id"] for v in results.response["violations"]]

    async def picture(self, name: str) -> None:
        """Keep what the page looks like, for people to look at."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=ARTEFACTS / f"{name}.png")


@asynccontextmanager
async def at_desk(
    browser: Browser, house: RunningHouse, username: str, wires: Wires | None = None
) -> AsyncIterator[Desk]:
    """Sign in through the sign-in page and wait for the phone; sign out at the end. `wires`: they can be cut."""
    context = await browser.new_context(
        base_url=house.url,
        viewport={"width": 1440, "height": 900},
        permissions=["microphone"],
        locale="en-GB",
        reduced_motion="reduce",
    )
    await context.add_init_script(BEFORE_THE_PAGE)
    if wires is not None:
        await wires.plug_into(context)
    page = await context.new_page()
    desk = Desk(page)
    try:
        await page.goto("/")
        await page.get_by_label("User name").fill(username)
        await page.get_by_role("textbox", name="Password").fill(DEMONSTRATION_PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/agent")
        await desk.registered()
        yield desk
    except BaseException:
        await desk.picture(f"failed-{username}")
        raise
    finally:
        await _sign_out(page)
        await context.close()


async def _sign_out(page: Page) -> None:
    """Refused while the end of a call has not been heard of yet, so it is asked again."""
    for _ in range(30):
        if await page.evaluate(SIGN_OUT) in (204, 401):
            return
        await asyncio.sleep(0.2)
    pytest.fail("the agent could not sign out")


async def both_hear_each_other(citizen: Citizen, desk: Desk, directory: Path) -> None:
    """The citizen speaks one tone, the agent's microphone another; each is measured at the other end."""
    speaking = asyncio.create_task(citizen.line.say(tone_file(directory / "caller.wav", CALLER_HZ, 30, 8000)))
    await desk.hears_tone(CALLER_HZ)
    await citizen.hears_tone(MICROPHONE_HZ)
    speaking.cancel()


def tone_file(path: Path, hertz: float, seconds: float, rate: int) -> Path:
    """Write a sine wave of 40 % of the full scale."""
    samples = np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate) * 0.4 * 32767
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


@pytest.fixture(scope="session")
async def chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """A browser whose microphone hears one tone."""
    microphone = tone_file(tmp_path_factory.mktemp("microphone") / "tone.wav", MICROPHONE_HZ, 10, 48_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=to_launch(), args=[*CHROMIUM, f"--use-file-for-fake-audio-capture={microphone}"]
        )
        yield browser
        await browser.close()
