"""Every page, in both languages and both themes: nothing that axe finds, and a picture to look at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from conftest import Console, nothing_found, picture, sign_in
from playwright.async_api import expect

from contact_centre.database import session_scope
from contact_centre.tables import ListeningRow

LOOKS = [("en", "light"), ("sw", "dark")]


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
async def test_sign_in_and_agent_page(console: Console, language: str, scheme: str) -> None:
    context = await console.visitor(language, scheme)
    page = await context.new_page()
    await page.goto("/")
    await expect(page.locator("input[autocomplete=username]")).to_be_focused()
    await nothing_found(page)
    await picture(page, f"sign-in-{language}-{scheme}")
    await page.keyboard.type("nobody")
    await page.keyboard.press("Tab")
    await page.keyboard.type("not the password")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).not_to_be_empty()
    await sign_in(page, "agent2")
    await expect(page.locator("[data-line=registered]")).to_be_visible()
    await nothing_found(page)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await nothing_found(page)
    await picture(page, f"shortcuts-{language}-{scheme}")
    await context.close()


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
async def test_supervisor_page(console: Console, language: str, scheme: str) -> None:
    with session_scope(console.parts.engine) as session:
        ill = {"language": "en", "address": "ws://speech-2:2700", "well": False}
        report = {"engines": {"en": "vosk-server", "sw": "ctc"}, "streams": 12, "most": 40, "late_ms": 88}
        report |= {"paused": False, "servers": [ill]}
        session.merge(ListeningRow(process="test", at=datetime.now(UTC), report=report))
    context = await console.visitor(language, scheme, 1920, 1080)
    page = await context.new_page()
    await sign_in(page, "supervisor1")
    await expect(page.locator("tbody tr").first).to_be_visible()
    speech = page.locator("[data-speech]")
    for told in ("12/40", "88 ms", "ws://speech-2:2700"):
        await expect(speech).to_contain_text(told)
    await nothing_found(page)
    await picture(page, f"board-{language}-{scheme}")
    await page.goto("/supervisor?wall")
    await expect(page.locator("tbody tr").first).to_be_visible()
    await nothing_found(page)
    await picture(page, f"wall-{language}-{scheme}")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("banner")).to_be_visible()
    await context.close()


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
async def test_citizen_page_on_a_small_phone(console: Console, language: str, scheme: str) -> None:
    context = await console.visitor(language, scheme, 360, 640)
    page = await context.new_page()
    await page.goto("/call")
    await expect(page.get_by_role("heading")).to_be_visible()
    await nothing_found(page)
    await picture(page, f"citizen-{language}-{scheme}")
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not await context.cookies()
    await context.close()


async def test_the_citizen_page_does_not_load_the_console(console: Console) -> None:
    context = await console.visitor()
    page = await context.new_page()
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    await page.goto("/call", wait_until="networkidle")
    assert not [url for url in loaded if "console" in url or "JsSIP" in url]
    assert all(url.startswith((console.url, "data:")) for url in loaded)
    await context.close()


async def test_a_second_tab_offers_to_take_over(console: Console) -> None:
    context = await console.visitor()
    first, second = await context.new_page(), await context.new_page()
    await sign_in(first, "agent3")
    await expect(first.locator("[data-line=registered]")).to_be_visible()
    await second.goto("/agent")
    take = second.get_by_role("button", name="Take calls here")
    await expect(take).to_be_visible()
    await picture(second, "second-tab")
    await take.click()
    await expect(second.locator("[data-line=registered]")).to_be_visible()
    await expect(first.get_by_text("Another tab of yours took over the calls.")).to_be_visible()
    await context.close()
