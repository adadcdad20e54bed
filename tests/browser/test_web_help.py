"""An agent in a call asks for help; a supervisor sees it on the board, says that they come, and joins the call."""

from __future__ import annotations

from conftest import Console, nothing_found, picture, sign_in
from playwright.async_api import Page, expect
from subscriber import calling

from agent_console.commands import add, read_skills
from contact_centre.database import connect
from contact_centre.model import language_skill

BOSS = "Grace Akinyi"
PASSWORD = "sees the whole floor"


def supervisor_with_a_phone(console: Console) -> None:
    """Somebody who watches the board and can take part in a call."""
    engine = connect(console.settings.url)
    skills = read_skills([f"{language_skill('en')}=3"])
    add(engine, console.settings, "grace", BOSS, "supervisor", PASSWORD, skills, phone=True)
    engine.dispose()


async def at_the_phone(page: Page) -> None:
    """The page's phone is registered, and calls may come."""
    await expect(page.locator("[data-line=registered]")).to_be_visible()
    await page.get_by_role("button", name="Become ready").click()
    await expect(page.get_by_text("The next call comes to you.")).to_be_visible()


async def test_a_supervisor_is_called_sees_it_and_joins(console: Console) -> None:
    supervisor_with_a_phone(console)
    desk, office = await console.visitor(), await console.visitor()
    page, board = await desk.new_page(), await office.new_page()
    for context in (desk, office):
        await context.grant_permissions(["microphone"])
    await sign_in(page, "agent1")
    await at_the_phone(page)
    async with calling(console.carrier, console.settings.prefixes[0]) as citizen:
        await expect(page.get_by_role("button", name="Answer")).to_be_enabled()
        await page.keyboard.press("Space")
        await expect(page.get_by_text("Talking", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Call for help").focus()
        await page.keyboard.press("Enter")
        asked = page.get_by_role("button", name="Help was called")
        await expect(asked).to_have_attribute("aria-pressed", "true")
        await nothing_found(page)
        await picture(page, "help-asked")

        await sign_in(board, "grace", PASSWORD)
        await board.goto("/supervisor")
        chip = board.get_by_role("listitem").filter(has_text="asks for help")
        await expect(chip).to_have_count(1)
        await nothing_found(board)
        await picture(board, "help-on-the-board")
        await chip.get_by_role("button", name="I am coming").click()
        await expect(chip).to_have_count(0)
        await expect(page.get_by_role("button", name="Call for help")).to_have_attribute("aria-pressed", "false")

        await board.goto("/agent")
        await at_the_phone(board)
        await page.keyboard.press("t")
        await page.get_by_role("combobox", name="To a colleague").click()
        await page.get_by_role("option").filter(has_text=BOSS).click()
        await page.get_by_role("button", name="Speak first").click()
        await expect(board.get_by_role("button", name="Answer")).to_be_enabled()
        await board.keyboard.press("Space")
        await page.get_by_role("button", name="All three together").click()
        await expect(page.get_by_text("All three hear each other.")).to_be_visible()
        await expect(board.get_by_text("All three hear each other.")).to_be_visible()
        await nothing_found(board)
        await picture(page, "help-all-three")
        await picture(board, "help-supervisor-in-the-call")
        await page.get_by_role("button", name=f"Go on without {BOSS}").click()
        await expect(page.get_by_text("All three hear each other.")).to_have_count(0)
        await expect(page.get_by_text("Talking", exact=True)).to_be_visible()
        await page.keyboard.press("e")
        await citizen.ended()
        await expect(page.get_by_role("button", name="Save, then ready")).to_be_visible()
    await desk.close()
    await office.close()
