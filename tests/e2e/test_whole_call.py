"""The whole way of one call: prefix, menu, an answer, zero, an agent who knows who calls, a case, a recording."""

from __future__ import annotations

import itertools
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from citizen import Citizen, calling, tone_shares
from desk import CALLER_HZ, MICROPHONE_HZ, Desk, at_desk, both_hear_each_other
from playwright.async_api import Browser, expect
from running_house import RunningHouse
from sqlalchemy import select

from citizen_services.catalogue import answer
from citizen_services.catalogue_file import load_catalogue
from contact_centre.database import read_scope
from contact_centre.facts import Kind
from contact_centre.tables import Case, CaseEvent, PhoneNumber, Recording
from contact_centre.tables import Citizen as CitizenRow
from demonstration.carrier import Carrier
from demonstration.texts import words
from recordings.naming import archive_dir

pytestmark = pytest.mark.timeout(400)  # the first test of all waits for a whole house to be set up

SERVICE = "first-national-id"
PATH = ["main", "identity", "agency-national-registration", f"service-{SERVICE}"]
NOTE = "Has no birth certificate; told how to register late."
TITLE = "First ID, birth certificate missing"


async def test_a_citizen_is_served_reaches_an_agent_and_a_case_is_kept(
    huduma: RunningHouse, carrier_driver: Carrier, chromium: Browser, tmp_path: Path
) -> None:
    known, number, reference = somebody_with_a_case(huduma)
    statements = said_about(huduma)
    async with at_desk(chromium, huduma, "agent1") as desk:
        await desk.become_ready()
        async with calling(huduma, carrier_driver, caller=number) as citizen:
            await through_the_menu(citizen, statements)
            await desk.rings()
            await everything_is_shown_before_the_answer(desk, known, number, reference)
            await desk.answer()
            chip = desk.page.get_by_role("region", name="The call").get_by_text("Recorded", exact=True)
            await expect(chip).to_be_visible()
            await both_hear_each_other(citizen, desk, tmp_path)
            await desk.picture("talking")
            await desk.end()
            assert await citizen.line.ended() == 16
        await write_it_down(desk, citizen)
        await it_can_be_heard(desk, citizen)

    menus = [f"en/menu-{menu}" for menu in PATH[:-1]]
    assert citizen.heard_in_order(
        "en/welcome", *menus, *statements, "en/must-be-confirmed", "en/to-person", "en/recording-notice"
    )
    await everything_is_kept(huduma, citizen, known)


def somebody_with_a_case(house: RunningHouse) -> tuple[CitizenRow, str, str]:
    """A sample citizen who speaks English and has a case: the row, the number, the case's reference."""
    with read_scope(house.engine) as session:
        query = (
            select(CitizenRow, PhoneNumber.e164, Case.reference)
            .join(PhoneNumber, PhoneNumber.citizen_id == CitizenRow.id)
            .join(Case, Case.citizen_id == CitizenRow.id)
            .where(PhoneNumber.language == "en", CitizenRow.sample)
            .order_by(CitizenRow.id)
        )
        row = session.execute(query).first()
        assert row is not None
        session.expunge(row[0])
    return row[0], row[1], row[2]


def said_about(house: RunningHouse) -> list[str]:
    """The prompts of what holds today of the service, in the order in which they are told."""
    catalogue = load_catalogue()
    service = catalogue.service(SERVICE)
    assert service is not None
    prompts = {text: name for name, text in words(house.settings).items() if name.startswith("en/")}
    today = datetime.now(house.settings.zone).date()
    told = [prompts[said.text["en"]] for _, said in answer(service, today) if said is not None]
    assert len(told) >= 3
    return told


async def through_the_menu(citizen: Citizen, statements: list[str]) -> None:
    """Three keys to the service, its whole answer, and zero."""
    for menu, node in itertools.pairwise(PATH):
        await citizen.hears(f"en/menu-{menu}")
        await citizen.line.press("1")
        await citizen.fact(Kind.MENU_VISITED, node=node)
    await citizen.fact(Kind.SERVICE_ANSWERED, service=SERVICE, confirmed=False)
    for prompt in (*statements, "en/must-be-confirmed"):
        await citizen.hears(prompt)
    await citizen.line.press("0")
    await citizen.stands_in_line()


async def everything_is_shown_before_the_answer(desk: Desk, known: CitizenRow, number: str, reference: str) -> None:
    """Who, which language, what they asked for, their way through the menu, their cases and history."""
    call = desk.page.get_by_role("region", name="The call")
    await expect(call.get_by_role("heading", name=known.name)).to_be_visible()
    await expect(call.get_by_text("English", exact=True)).to_be_visible()
    await expect(call.locator("dd").get_by_text("First national ID", exact=True).first).to_be_visible()
    await expect(call.locator("ol li")).to_have_count(len(PATH))
    person = desk.page.get_by_role("region", name="The citizen")
    await expect(person.get_by_role("heading", name=known.name)).to_be_visible()
    await expect(person.get_by_text(number).first).to_be_visible()
    await expect(person.get_by_text("The number matches")).to_be_visible()
    await expect(person.get_by_role("button").filter(has_text=reference)).to_be_visible()
    await expect(person.get_by_role("region", name="History").locator("ol > li").first).to_be_visible()
    await desk.picture("offer")


async def write_it_down(desk: Desk, citizen: Citizen) -> None:
    """Wrap-up: what it was about, a new case, a note."""
    page = desk.page
    field = page.get_by_role("combobox", name="What was it about?")
    await field.click()
    await page.get_by_role("option", name="New case opened").click()
    await page.get_by_role("combobox", name="Case", exact=True).click()
    await page.get_by_role("option", name="Open a new case").click()
    await page.get_by_label("Title of the new case").fill(TITLE)
    await page.locator("#note").fill(NOTE)
    await desk.picture("wrap-up")
    await page.get_by_role("button", name="Save, then ready").click()
    await citizen.fact(Kind.DISPOSITION_SAVED, code="case_opened")
    await desk.is_ready()


async def it_can_be_heard(desk: Desk, citizen: Citizen) -> None:
    """The recording, in the call's page, by the agent whose call it was."""
    await citizen.fact(Kind.RECORDING_ARCHIVED)
    await desk.page.goto(f"/calls/{citizen.call_id}")
    seconds = await desk.page.locator("audio").evaluate(
        """(audio) => new Promise((heard, failed) => {
            if (audio.readyState > 0) heard(audio.duration)
            audio.onloadedmetadata = () => heard(audio.duration)
            audio.onerror = () => failed(new Error(audio.error.message))
        })"""
    )
    assert seconds > 1
    why = desk.page.get_by_role("region", name="Why this agent")
    await expect(why.get_by_role("listitem")).to_have_count(1)
    for told in ("the only ready agent who could", "place 1 in its queue", "At first"):
        await expect(why).to_contain_text(told)
    await desk.picture("call-page")


async def everything_is_kept(house: RunningHouse, citizen: Citizen, known: CitizenRow) -> None:
    """The call, the case with its note, and the recording with a side for each."""
    await citizen.fact(Kind.RECORDING_ARCHIVED)
    call = house.call(citizen.call_id)
    assert (call.path, call.language, call.service) == (PATH, "en", SERVICE)
    assert (call.citizen_id, call.note, call.disposition) == (known.id, NOTE, "case_opened")
    assert (call.state, call.outcome, call.ended_by, call.recording) == ("ended", "handled", "agent", "archived")
    assert call.waiting_since
    assert call.answered_at
    assert call.ended_at
    assert call.entered_at <= call.waiting_since <= call.answered_at <= call.ended_at
    with read_scope(house.engine) as session:
        case = session.get(Case, call.case_id)
        assert case is not None
        assert (case.citizen_id, case.title, case.service, case.sample) == (known.id, TITLE, SERVICE, False)
        events = session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
        assert {(one.kind, one.call_id) for one in events} == {("opened", call.id), ("note", call.id)}
        assert NOTE in [one.text for one in events]
        path = session.scalars(select(Recording.path).where(Recording.call_id == call.id)).one()
    sound, rate = soundfile.read(archive_dir(house.settings.data_dir) / path, dtype="int16")
    assert (rate, sound.shape[1]) == (8000, 2)
    left, right = np.asarray(sound[:, 0], np.float32), np.asarray(sound[:, 1], np.float32)
    assert max(tone_shares(left, CALLER_HZ, 0.25)) > 0.8
    assert max(tone_shares(left, MICROPHONE_HZ, 0.25)) < 0.1
    assert max(tone_shares(right, MICROPHONE_HZ, 0.25)) > 0.8
    assert max(tone_shares(right, CALLER_HZ, 0.25)) < 0.1
