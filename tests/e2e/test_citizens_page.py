"""A citizen calls from the page: the line begins in the page's language, and what it says can be read there."""

from __future__ import annotations

import pytest
from desk import ARTEFACTS
from playwright.async_api import Browser, expect
from running_house import RunningHouse

from contact_centre.facts import Kind
from demonstration.texts import words

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up


@pytest.mark.parametrize(("language", "other", "button"), [("sw", "en", "Piga sasa"), ("en", "sw", "Call now")])
async def test_the_line_speaks_the_language_of_the_page_and_is_read_on_it(
    huduma: RunningHouse, chromium: Browser, language: str, other: str, button: str
) -> None:
    said = words(huduma.settings)
    before = huduma.position()
    context = await chromium.new_context(
        base_url=huduma.url, viewport={"width": 360, "height": 640}, permissions=["microphone"], locale="en-GB"
    )
    page = await context.new_page()
    try:
        await page.goto("/call")
        await page.get_by_role("button", name="Kiswahili" if language == "sw" else "English").click()
        await page.get_by_role("button", name=button).click()
        entered = await huduma.fact(Kind.CALL_ENTERED, before)
        call_id = entered.fact.call_id
        assert call_id is not None
        await huduma.fact(Kind.LANGUAGE_CHOSEN, before, call_id, language=language)
        lines = page.locator(".captions > li")
        first = lines.filter(has_text=said[f"{language}/welcome"])
        await expect(first).to_have_attribute("lang", language, timeout=20_000)
        await expect(page.locator(f".captions > li[lang={other}]")).to_have_count(1)  # how to change the language
        menu = lines.filter(has_text=said[f"{language}/menu-main"])
        await expect(menu).to_be_visible(timeout=30_000)
        end = page.get_by_role("button", name={"en": "End the call", "sw": "Kata simu"}[language])
        await expect(end).to_be_in_viewport(ratio=1)
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=ARTEFACTS / f"citizen-captions-{language}.png")
        await page.get_by_role("button", name="1", exact=True).click()
        await huduma.fact(Kind.MENU_VISITED, before, call_id, node="identity")
        await expect(lines.filter(has_text=said[f"{language}/menu-identity"])).to_be_visible()
        await page.get_by_role("button", name="0", exact=True).click()
        await expect(lines.filter(has_text=said[f"{language}/recording-notice"])).to_be_visible()
        await page.get_by_role("button", name="5", exact=True).click()  # cut the notice short, refusing nothing
        await huduma.fact(Kind.CALL_WAITING, before, call_id)
        waiting = {"en": "You wait for a person.", "sw": "Unamsubiri mhudumu."}[language]
        await expect(page.get_by_role("status").filter(has_text=waiting)).to_be_visible()
    finally:
        await page.goto("about:blank")  # left as people leave it; a context that is closed tells its pages nothing
        await context.close()
