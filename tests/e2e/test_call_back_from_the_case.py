"""An agent calls a citizen back from their case: browser, Asterisk, the telephone company, the citizen's ear."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from citizen import Citizen
from desk import MICROPHONE_HZ, at_desk, tone_file
from playwright.async_api import Browser, expect
from running_house import RunningHouse
from sqlalchemy import select

from agent_console.commands import permit
from contact_centre.database import read_scope
from contact_centre.facts import Kind
from contact_centre.tables import AuditEntry, Case, PhoneNumber
from contact_centre.tables import Citizen as CitizenRow
from demonstration.carrier import Carrier
from queue_manager.allowed_numbers import Allowed, judge

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up

CITIZEN_HZ = 440


def somebody_with_a_case(house: RunningHouse) -> tuple[str, str, str]:
    """The name, the number as it is dialled, and the reference of a case of one of the sample people."""
    with read_scope(house.engine) as session:
        found = (
            select(CitizenRow.name, PhoneNumber.e164, Case.reference)
            .join(PhoneNumber, PhoneNumber.citizen_id == CitizenRow.id)
            .join(Case, Case.citizen_id == CitizenRow.id)
        )
        for name, e164, reference in session.execute(found.order_by(Case.id)):
            allowed = judge(e164)
            if isinstance(allowed, Allowed):
                return name, allowed.digits, reference
    raise AssertionError("nobody of the sample people can be called")


async def test_an_agent_calls_a_citizen_back_from_the_case(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser, tmp_path: Path
) -> None:
    name, number, reference = somebody_with_a_case(huduma)
    permit(huduma.engine, "agent1", allowed=True)
    try:
        async with at_desk(chromium, huduma, "agent1") as desk:
            page, began_at = desk.page, huduma.position()
            await carrier_driver.stays_by(number)
            await page.get_by_label("Find a citizen").fill(name)
            await page.get_by_role("button", name=f"Open: {name}").first.click()
            await page.get_by_role("button").filter(has_text=reference).click()
            await page.get_by_role("button", name="Call back").focus()
            await page.keyboard.press("Enter")
            await expect(page.get_by_text(f"Call {name} at")).to_be_visible()
            await desk.nothing_is_found()
            await desk.picture("call-back-asking")
            await page.keyboard.press("Enter")
            line = await carrier_driver.rings(number)
            await expect(page.get_by_text("Their phone rings…")).to_be_visible()
            await desk.nothing_is_found()
            await desk.picture("call-back-ringing")
            await line.refuse()
            await expect(page.get_by_text("Their line is busy.")).to_be_visible()
            await expect(page.get_by_text("An agent called, nobody was reached")).to_be_visible()
            await desk.picture("call-back-busy")

            await page.get_by_role("button").filter(has_text=reference).click()
            await page.get_by_role("button", name="Call back").click()
            await page.get_by_role("button", name="Call now").click()
            line = await carrier_driver.rings(number)
            await line.pick_up()
            dialled = [one for one in huduma.facts(began_at) if one.fact.kind is Kind.CITIZEN_DIALLED][-1]
            assert dialled.fact.call_id is not None
            citizen = Citizen(huduma, line, number, began_at, dialled.fact.call_id)
            await expect(page.get_by_text("They answered.")).to_be_visible()
            language = huduma.call(citizen.call_id).language
            await citizen.hears(f"{language}/recording-notice")
            assert citizen.heard_in_order(f"{language}/called-back", f"{language}/recording-notice")
            await line.press("5")
            await desk.talks()
            await desk.picture("call-back-talking")
            speaking = asyncio.create_task(line.say(tone_file(tmp_path / "citizen.wav", CITIZEN_HZ, 60, 8000)))
            await desk.hears_tone(CITIZEN_HZ)
            await citizen.hears_tone(MICROPHONE_HZ)
            speaking.cancel()
            await desk.end()
            await line.ended()
            await citizen.fact(Kind.RECORDING_ARCHIVED)
            row = huduma.call(citizen.call_id)
            assert (row.entry, row.outcome, row.recording) == ("outbound", "handled", "archived")
            with read_scope(huduma.engine) as session:
                assert row.case_id == session.scalars(select(Case.id).where(Case.reference == reference)).one()
                subjects = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "called_out"))
                assert sum(f"call:{citizen.call_id}" in subject for subject in subjects) == 1
            await expect(page.get_by_text("An agent called").first).to_be_visible()
    finally:
        permit(huduma.engine, "agent1", allowed=False)
