"""An agent whose headset is not plugged in: the page says so, within its narrow column, and tries again when asked."""

from __future__ import annotations

import pytest
from conftest import Console, sign_in
from playwright.async_api import Page, expect

UNPLUGGED = """
navigator.mediaDevices.getUserMedia = () => {
  window.asked = (window.asked ?? 0) + 1
  return Promise.reject(new DOMException('unplugged', 'NotFoundError'))
}
"""
STICKING_OUT = """panel => {
  const right = panel.getBoundingClientRect().right
  const wide = part => part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline'
  return [...panel.querySelectorAll('*')]
    .filter(part => part.getBoundingClientRect().right > right || wide(part)).map(part => part.outerHTML)
}"""


async def sticks_out(page: Page) -> list[str]:
    found: list[str] = await page.locator("[data-line]").evaluate(STICKING_OUT)
    return found


@pytest.mark.parametrize(("language", "retry"), [("en", "Try the microphone again"), ("sw", "Jaribu maikrofoni tena")])
async def test_a_missing_microphone_is_told_within_its_panel(console: Console, language: str, retry: str) -> None:
    context = await console.visitor(language, width=1280, height=800)
    await context.add_init_script(UNPLUGGED)
    page = await context.new_page()
    await sign_in(page, "agent4")
    again = page.get_by_role("button", name=retry)
    await expect(again).to_be_visible()
    for width in (1280, 1024, 820, 360):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await sticks_out(page) == [], width
    asked = await page.evaluate("window.asked")
    await again.click()
    await page.wait_for_function("asked => window.asked > asked", arg=asked)
    await expect(again).to_be_visible()
    await context.close()
