"""An agent's whole call in a real browser: offered, answered, held, lost and regained, ended, written down."""

from __future__ import annotations

import re

from conftest import Console, nothing_found, picture, sign_in
from playwright.async_api import expect
from subscriber import calling


async def test_a_call_by_keyboard_from_offer_to_ready(console: Console) -> None:
    context = await console.visitor()
    page = await context.new_page()
    await sign_in(page, "agent1")
    await expect(page.locator("[data-line=registered]")).to_be_visible()
    await expect(page.get_by_role("button", name="Become ready")).to_be_enabled()
    await picture(page, "agent-paused")
    await page.keyboard.press("r")
    await expect(page.get_by_text("The next call comes to you.")).to_be_visible()
    await picture(page, "agent-ready")

    async with calling(console.carrier, console.settings.prefixes[0]) as citizen:
        answer = page.get_by_role("button", name="Answer")
        await expect(answer).to_be_enabled(timeout=60_000)
        await nothing_found(page)
        await picture(page, "agent-offer")
        await page.keyboard.press("Space")
        await expect(page.get_by_text("Talking", exact=True)).to_be_visible()

        await page.keyboard.press("m")
        await expect(page.get_by_role("button", name="Unmute")).to_be_visible()
        await page.keyboard.press("m")
        await page.keyboard.press("h")
        await expect(page.get_by_text("On hold")).to_be_visible()
        await page.keyboard.press("h")
        await expect(page.get_by_text("Talking", exact=True)).to_be_visible()
        await page.keyboard.press("n")
        await page.keyboard.type("mhe keeps typing: shortcuts rest here")
        await expect(page.get_by_role("button", name="Mute")).to_be_visible()
        await expect(page.get_by_text("Saved")).to_be_visible()
        await nothing_found(page)
        await picture(page, "agent-talking")

        await page.reload()
        await expect(page.get_by_text("Talking", exact=True)).to_be_visible()
        assert await page.locator("#note").input_value() == "mhe keeps typing: shortcuts rest here"

        await page.keyboard.press("e")
        await citizen.ended()

    await expect(page.get_by_label("What was it about?").first).to_be_visible()
    await nothing_found(page)
    await picture(page, "agent-wrap-up")
    await page.get_by_role("button", name="Save, then ready").click()
    await expect(page.get_by_text("Choose what the call was about.")).to_be_visible()
    field = page.get_by_role("combobox", name="What was it about?")
    await field.focus()
    await page.keyboard.type("in")
    others = page.get_by_role("option").filter(has_not_text=re.compile("in", re.IGNORECASE))
    await expect(others).to_have_count(0)  # the list is filtered, and chooses its first by itself
    chosen = page.locator("[role=option][data-combobox-selected]")
    await expect(chosen).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Choose what the call was about.")).to_be_hidden()
    await page.get_by_role("button", name="Save, then pause").click()
    await expect(page.get_by_role("button", name="Become ready")).to_be_visible()
    await expect(page.get_by_text("No call now")).to_be_visible()
    await page.get_by_role("link", name="general").or_(page.locator("a[href^='/calls/']")).first.click()
    await expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    await nothing_found(page)
    await picture(page, "call-page")
    await context.close()
