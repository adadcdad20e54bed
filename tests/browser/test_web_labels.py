"""Words that were not understood are labelled with the keyboard alone; nothing to label is said so."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import soundfile
from conftest import Console, nothing_found, picture, sign_in
from playwright.async_api import expect
from spoken_words import RATE, line_of, spoken
from sqlalchemy import select

from contact_centre.database import read_scope, session_scope
from contact_centre.tables import AuditEntry, CallRow, UtteranceRow

OPTIONS = {"1": ["kitambulisho"], "2": ["pasipoti"], "0": ["mhudumu"], "*": ["rudi nyuma"], "#": ["rudia"]}


def some_utterances(console: Console, call_id: str) -> list[int]:
    folder = console.settings.utterances_dir
    folder.mkdir(parents=True, exist_ok=True)
    soundfile.write(folder / "one.flac", line_of(0.2, spoken("pasipoti", "sw"), 0.2), RATE, subtype="PCM_16")
    with session_scope(console.parts.engine) as session:
        session.add(CallRow(id=call_id, entry="main", path=[], state="ended", entered_at=datetime.now(UTC), note=""))
        session.flush()
        rows = [
            UtteranceRow(
                call_id=call_id, at=datetime.now(UTC), language="sw", node="main", heard=heard, level="reject",
                confidence=0.31, options=OPTIONS, path="one.flac", duration_s=1.2, snr_db=24.0,
            )
            for heard in ("ushuru", None, "ardhi", "polisi")
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("sw", "dark")])
async def test_words_are_labelled_with_the_keyboard(console: Console, language: str, scheme: str) -> None:
    first, second, third, fourth = some_utterances(console, f"labels-{language}")
    context = await console.visitor(language, scheme)
    page = await context.new_page()
    await sign_in(page, "supervisor1")
    await page.goto("/words")

    async def shows(utterance: int) -> None:
        await expect(page.locator("[data-utterance]")).to_have_attribute("data-utterance", str(utterance))

    await shows(first)
    await nothing_found(page)
    await picture(page, f"labels-{language}-{scheme}")
    await page.keyboard.press("Space")
    await page.locator("audio").evaluate(
        "audio => audio.played.length > 0 || new Promise(plays => audio.addEventListener('timeupdate', plays))"
    )
    await page.keyboard.press("2")
    await shows(second)
    await expect(page.get_by_role("status").filter(has_text="pasipoti")).to_be_visible()
    await page.keyboard.press("u")
    await shows(first)
    await page.keyboard.press("n")
    await shows(second)
    await page.keyboard.press("w")
    await page.keyboard.type("nataka pasipoti 2")
    await page.keyboard.press("Enter")
    await shows(third)
    await page.keyboard.press("w")
    await page.keyboard.type("kitambulisho tafadhali")
    await page.keyboard.press("Escape")
    await page.keyboard.press("1")
    await shows(fourth)
    await expect(page.get_by_role("status").filter(has_text="kitambulisho · kitambulisho tafadhali")).to_be_visible()
    await expect(page.get_by_role("textbox")).to_have_value("")
    await page.keyboard.press("s")
    await expect(page.locator("[data-utterance]")).to_have_count(0)
    await nothing_found(page)
    await picture(page, f"labels-empty-{language}-{scheme}")
    with read_scope(console.parts.engine) as session:
        rows = [session.get_one(UtteranceRow, one) for one in (first, second, third, fourth)]
        assert [(row.label, row.option, row.words) for row in rows] == [
            ("nothing", None, None),
            ("words", None, "nataka pasipoti 2"),
            ("option", "1", "kitambulisho tafadhali"),
            ("skipped", None, None),
        ]
        assert session.scalars(select(AuditEntry).where(AuditEntry.subject == f"utterance:{first}")).first()
    await context.close()
