"""A citizen's whole call from the web page: the button, sound, keys, the end, and the seat given back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from conftest import Console, nothing_found, picture
from playwright.async_api import Page, expect

from agent_console.clock import now
from contact_centre.states import CallState

WATCH = """
window.lines = []
window.tones = []
const Connection = window.RTCPeerConnection
window.RTCPeerConnection = class extends Connection {
  constructor(...given) { super(...given); window.lines.push(this) }
}
const insert = RTCDTMFSender.prototype.insertDTMF
RTCDTMFSender.prototype.insertDTMF = function (...given) {
  if (!this.watched) this.addEventListener('tonechange', ({ tone }) => tone && window.tones.push(tone))
  this.watched = true
  return insert.apply(this, given)
}
"""
HEARD = """async () => {
  for (const line of window.lines)
    for (const entry of (await line.getStats()).values())
      if (entry.type === 'inbound-rtp' && entry.totalAudioEnergy > 1e-4) return true
  return false
}"""


SLOW = """
const real = RTCPeerConnection.prototype.getStats
let lost = 0
RTCPeerConnection.prototype.getStats = async function (...given) {
  if (!window.slow) return real.apply(this, given)
  lost += 30
  const told = { type: 'inbound-rtp', kind: 'audio', packetsLost: lost, packetsReceived: lost * 9, jitter: 0 }
  return new Map([['in', told]])
}
"""


async def becomes_true(page: Page, expression: str) -> None:
    """Ask the page until it says yes: its own policy forbids the evaluation that a waiting function would need."""
    async with asyncio.timeout(20):
        while not await page.evaluate(expression):  # noqa: ASYNC110 - what is asked is another process
            await asyncio.sleep(0.1)


@pytest.fixture
async def until(console: Console) -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait for something of the router's view, by its own signal."""

    async def wait(seen: Callable[[], bool]) -> None:
        with console.parts.router.subscribe() as changed:
            while not seen():
                changed.clear()
                await changed.wait()

    return wait


async def test_the_button_calls(console: Console, until: Callable[[Callable[[], bool]], Awaitable[None]]) -> None:
    router, seats = console.parts.router, console.parts.web_calls
    before = seats.free
    context = await console.visitor(width=360, height=640)
    page = await context.new_page()
    await page.add_init_script(WATCH)
    await page.add_init_script(SLOW)
    await page.goto("/call")
    prefix = console.settings.prefixes[0]
    await expect(page.get_by_role("link", name=prefix)).to_have_attribute("href", f"tel:{prefix}")
    await page.get_by_role("button", name="Call now").click()
    await expect(page.get_by_role("group", name="Keypad")).to_be_visible()
    await nothing_found(page)
    await picture(page, "citizen-talking")
    await until(lambda: any(c.state is CallState.WAITING and "/web-" in c.channel for c in router.view().calls))
    await seats.look(now())  # the call is there: its seat is given back when it ends, not when its minute is over
    assert seats.free == before - 1

    await becomes_true(page, f"({HEARD})()")
    await page.get_by_role("button", name="5", exact=True).click()
    await becomes_true(page, "window.tones.join('') === '5'")

    slow = page.get_by_text("Your network is slow.")
    await expect(slow).to_be_hidden()
    await page.evaluate("window.slow = true")
    await expect(slow).to_be_visible()
    await nothing_found(page)
    await picture(page, "citizen-slow")
    await page.evaluate("window.slow = false")
    await expect(slow).to_be_hidden()

    await page.get_by_role("button", name="End the call").click()
    await expect(page.get_by_role("button", name="Call again")).to_be_visible()
    await until(lambda: not any("/web-" in call.channel for call in router.view().calls))
    await seats.look(now())
    assert seats.free == before
    await context.close()
