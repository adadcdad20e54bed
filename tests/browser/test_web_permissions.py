"""An administrator lets an account call citizens, and takes it back; a supervisor is not shown the way."""

from __future__ import annotations

import pytest
from conftest import Console, nothing_found, picture, sign_in
from playwright.async_api import expect

LOOKS = [("en", "light", "Permissions"), ("sw", "dark", "Ruhusa")]


@pytest.mark.parametrize(("language", "scheme", "word"), LOOKS)
async def test_who_may_call_citizens(console: Console, language: str, scheme: str, word: str) -> None:
    context = await console.visitor(language, scheme)
    page = await context.new_page()
    await sign_in(page, "admin1")
    await page.get_by_role("button", name=word).click()
    box = page.get_by_role("dialog").get_by_role("checkbox", name="Ruth Koech")
    await expect(box).not_to_be_checked()
    await box.focus()
    await page.keyboard.press("Space")
    await expect(box).to_be_checked()
    await expect(box).to_be_enabled()
    await nothing_found(page)
    await picture(page, f"permissions-{language}-{scheme}")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name=word).click()
    await expect(box).to_be_checked()
    await box.click()
    await expect(box).not_to_be_checked()
    await expect(box).to_be_enabled()
    assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    await context.close()


async def test_a_supervisor_decides_on_no_permissions(console: Console) -> None:
    context = await console.visitor()
    page = await context.new_page()
    await sign_in(page, "supervisor1")
    await expect(page.get_by_role("button", name="Wall view")).to_be_visible()
    await expect(page.get_by_role("button", name="Permissions")).to_have_count(0)
    await context.close()
