"""The agent's page through a whole call at the widths that desks have, and what is done there besides answering."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from conftest import Console, fits_the_width, nothing_found, picture, sign_in
from playwright.async_api import BrowserContext, Page, expect
from subscriber import Subscriber, calling

from citizen_services import cases, citizens
from contact_centre.database import session_scope
from contact_centre.states import CallState
from queue_manager.rules import EXTENSION_REASONS

WORDS = {
    "en": {"ready": "Become ready", "answer": "Answer", "talking": "Talking", "keypad": "Keypad",
           "about": "What was it about?", "save": "Save, then pause", "what": "What happened"},
    "sw": {"ready": "Kuwa tayari", "answer": "Pokea", "talking": "Mnazungumza", "keypad": "Vitufe",
           "about": "Ilihusu nini?", "save": "Hifadhi, kisha pumzika", "what": "Yaliyotokea"},
}  # fmt: skip
TONES = """
window.tones = []
const insert = RTCDTMFSender.prototype.insertDTMF
RTCDTMFSender.prototype.insertDTMF = function (...given) {
  window.tones.push(given[0])
  return insert.apply(this, given)
}
"""
HOSTILE = '<img src=x onerror="window.executed=1">Hostile <b>Name</b>'
HOSTILE_NOTE = '<script>window.executed=2</script><img src=x onerror=window.executed=3> & "quotes" {{7*7}}'


@asynccontextmanager
async def at_desk(console: Console, context: BrowserContext, language: str) -> AsyncIterator[Page]:
    """Agent 4 is at their desk and ready; in the end the page is closed."""
    await context.grant_permissions(["microphone"])
    await context.add_init_script(TONES)
    page = await context.new_page()
    await sign_in(page, "agent4")
    await expect(page.locator("[data-line=registered]")).to_be_visible()
    yield page
    await context.close()


async def become_ready(page: Page, language: str = "en") -> None:
    await page.get_by_role("button", name=WORDS[language]["ready"]).click()
    await expect(page.locator("[class*=stateName]")).to_have_text({"en": "Ready", "sw": "Tayari"}[language])


async def rings(page: Page, language: str = "en") -> None:
    await expect(page.get_by_role("button", name=WORDS[language]["answer"], exact=True)).to_be_enabled(timeout=60_000)


async def answered(page: Page, language: str = "en") -> None:
    await rings(page, language)
    await page.keyboard.press("Space")
    await expect(page.get_by_text(WORDS[language]["talking"], exact=True)).to_be_visible()


async def end(page: Page, citizen: Subscriber, language: str = "en") -> None:
    await page.keyboard.press("e")
    await citizen.ended()
    await expect(page.get_by_role("button", name=WORDS[language]["save"])).to_be_visible()


async def choose_first(page: Page, language: str = "en") -> None:
    """The first disposition of the list."""
    await page.get_by_role("combobox", name=WORDS[language]["about"]).click()
    await page.get_by_role("option").first.click()


@pytest.mark.parametrize(
    ("language", "scheme", "width", "height"),
    [("en", "light", 1280, 800), ("sw", "dark", 1024, 768), ("sw", "dark", 820, 1180)],
)
async def test_a_whole_call_fits_every_desk(
    console: Console, language: str, scheme: str, width: int, height: int
) -> None:
    said = WORDS[language]
    context = await console.visitor(language, scheme, width, height)

    async def looks_well(page: Page, name: str) -> None:
        await picture(page, f"desk-{width}-{name}")
        await nothing_found(page)
        await fits_the_width(page)

    async with at_desk(console, context, language) as page:
        await become_ready(page, language)
        await looks_well(page, "ready")
        async with calling(console.carrier, console.settings.prefixes[0]) as citizen:
            await rings(page, language)
            await looks_well(page, "offer")
            await answered(page, language)
            await page.keyboard.press("k")
            await expect(page.get_by_role("group", name=said["keypad"])).to_be_visible()
            await looks_well(page, "talk")
            await end(page, citizen, language)
        await expect(page.get_by_role("combobox", name=said["about"])).to_be_visible()
        await looks_well(page, "wrap-up")
        await choose_first(page, language)
        await page.get_by_role("button", name=said["save"]).click()
        await page.locator("a[href^='/calls/']").first.click()
        await expect(page.get_by_role("heading", name=said["what"])).to_be_visible()
        await looks_well(page, "call-page")


async def test_keys_a_hostile_citizen_an_open_case_and_unsaved_work(console: Console) -> None:
    now = datetime.now(UTC)
    with session_scope(console.parts.engine) as session:
        hostile = citizens.create_citizen(session, citizens.NewCitizen(HOSTILE), now)
        case = cases.open_case(
            session, hostile.id, agency="kra", service=None, title=HOSTILE, channel="centre", author=HOSTILE, now=now
        )
        cases.add_note(session, case.id, HOSTILE_NOTE, channel="centre", author=HOSTILE, now=now)
        reference = case.reference
    async with at_desk(console, await console.visitor(), "en") as page:
        await become_ready(page)
        async with calling(console.carrier, console.settings.prefixes[0]) as citizen:
            await answered(page)
            await page.keyboard.press("k")
            await expect(page.get_by_role("group", name="Keypad")).to_be_visible()
            await page.keyboard.press("5")
            await page.get_by_role("group", name="Keypad").get_by_role("button", name="#").click()
            assert await page.evaluate("window.tones") == ["5", "#"]
            await page.keyboard.press("k")
            await expect(page.get_by_role("group", name="Keypad")).to_be_hidden()

            await page.get_by_placeholder("Search name or number").fill("onerror")
            await page.get_by_role("button", name="This is the caller").click()
            person = page.get_by_role("region", name="The citizen")
            await expect(person.get_by_role("heading", name=HOSTILE)).to_be_visible()
            await expect(person.get_by_text("Chosen by the agent")).to_be_visible()
            await page.locator("#note").fill(HOSTILE_NOTE)
            await person.get_by_role("button").filter(has_text=reference).click()
            await expect(person.get_by_text(HOSTILE_NOTE)).to_be_visible()
            await person.get_by_label("Add to the case").fill("will bring the certificate")
            await nothing_found(page)
            await picture(page, "hostile-citizen")
            await page.locator("#content").focus()
            await end(page, citizen)

        agent = next(a for a in console.parts.router.view().agents if a.state == "wrap_up")
        for n in range(len(EXTENSION_REASONS)):  # each is one that the router takes
            before = until(console, agent.id)
            with console.parts.router.subscribe() as changed:
                await page.get_by_role("button", name="More time").click()
                await expect(page.get_by_role("menuitem")).to_have_count(len(EXTENSION_REASONS))
                await page.get_by_role("menuitem").nth(n).click()
                while until(console, agent.id) == before:
                    changed.clear()
                    await changed.wait()
            assert (until(console, agent.id) - before).total_seconds() == 60
            await expect(page.get_by_role("menuitem")).to_have_count(0)

        await choose_first(page)
        chosen = await page.get_by_role("combobox", name="What was it about?").input_value()
        await page.get_by_role("combobox", name="Case", exact=True).click()
        await page.get_by_role("option").filter(has_text=reference).click()
        await page.reload()
        await expect(page.get_by_role("combobox", name="What was it about?")).to_have_value(chosen)
        await expect(page.get_by_role("combobox", name="Case", exact=True)).to_have_value(f"{reference} · {HOSTILE}")
        await page.get_by_role("region", name="The citizen").get_by_role("button").filter(has_text=reference).click()
        await expect(page.get_by_label("Add to the case")).to_have_value("will bring the certificate")
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("listitem").filter(has_text="will bring the certificate")).to_be_visible()
        await expect(page.get_by_label("Add to the case")).to_have_value("")
        await page.get_by_role("button", name="Save, then pause").click()
        await page.locator("a[href^='/calls/']").first.click()
        await expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
        await expect(page.get_by_text(HOSTILE_NOTE)).to_be_visible()
        assert await page.evaluate("window.executed") is None
        kept = await page.evaluate("Object.keys(localStorage).filter((key) => /^huduma-(kept|note)/.test(key))")
        assert kept == []


def until(console: Console, agent_id: int) -> datetime:
    """When the agent's wrap-up ends."""
    ends = next(a for a in console.parts.router.view().agents if a.id == agent_id).wrap_up_until
    assert ends is not None
    return ends


async def test_a_pause_has_a_reason_and_a_call_can_be_declined(console: Console) -> None:
    async with at_desk(console, await console.visitor(), "en") as page:
        await page.get_by_role("button", name="Pause").click()
        await expect(page.get_by_role("menuitem")).to_have_count(6)
        await nothing_found(page)
        await picture(page, "pause-menu")
        await page.get_by_role("menuitem", name="Prayer").click()
        await expect(page.locator("[class*=why]")).to_have_text("Prayer")
        await become_ready(page)
        async with calling(console.carrier, console.settings.prefixes[0]):
            await rings(page)
            await page.get_by_role("button", name="I cannot take it").click()
            await expect(page.locator("[class*=stateName]")).to_have_text("Paused")
            await expect(page.locator("[class*=why]")).to_have_text("Declined a call")
            await expect(page.get_by_text("No call now")).to_be_visible()
            with console.parts.router.subscribe() as changed:  # the citizen waits on
                while CallState.WAITING not in {call.state for call in console.parts.router.view().calls}:
                    changed.clear()
                    await changed.wait()
