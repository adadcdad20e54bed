"""The board with as much as it must hold on one screen, what stands behind its numbers, and the emergency switch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from conftest import Console, fits_the_width, nothing_found, picture, sign_in
from playwright.async_api import Route, WebSocketRoute, expect

from agent_console.board import board, queue_needs
from agent_console.messages import Board, Snapshot
from agent_console.today import Today
from citizen_services.catalogue_file import load_catalogue
from contact_centre.database import session_scope
from contact_centre.facts import Fact, Kind, Recorded
from contact_centre.model import Agent, Queue
from contact_centre.states import AgentState, CallState
from contact_centre.tables import CallRow, QueueSegment
from queue_manager.house_rules import house_rules
from queue_manager.rules import Rules
from queue_manager.view import AgentView, CallView, View

QUEUES, AGENTS, WAITING = 8, 40, 3
STATES = [AgentState.READY, AgentState.ON_CALL, AgentState.WRAP_UP, AgentState.PAUSED]
SCROLLS = """() => [...document.querySelectorAll('html, #content, #content section, #content ul')]
    .filter((one) => one.scrollHeight > one.clientHeight + 1)
    .map((one) => `${one.tagName} ${one.className}: ${one.scrollHeight} > ${one.clientHeight}`)
"""


def a_full_house(console: Console) -> Board:
    """Eight queues with calls in line and today's numbers, forty agents who are signed in."""
    now = datetime.now(UTC)
    shipped = house_rules(console.settings)
    rules = Rules(shipped.queues | {"extra": Queue("extra", {"en": "Overflow for the counties", "sw": "Kaunti"}, ())})
    assert len(rules.queues) == QUEUES
    people = {
        n: Agent(n, f"agent-{n:03d}", f"Wanjiku Otieno Kamau {n}", {"language:en": 3, "agency:kra": 3})
        for n in range(1, AGENTS + 1)
    }
    agents = tuple(
        AgentView(n, who.extension, STATES[n % 4], now - timedelta(seconds=37 * n), "lunch" if n % 4 == 3 else None,
                  f"talk-{n}" if n % 4 == 1 else None, None, now, None, phone_registered=True)
        for n, who in people.items()
    )  # fmt: skip
    calls, facts = [], []
    for number, queue in enumerate(rules.queues):
        for n in range(WAITING):
            since = now - timedelta(seconds=20 * (n + 1))
            about = (CallState.WAITING, since, queue, since, "en", None, None, None, None, n + 1)
            calls.append(CallView(f"{queue}-{n}", *about))
        for n in range(40):
            at, call_id = now - timedelta(seconds=5000 - 100 * n - number), f"{queue}-old-{n}"
            facts.append(Fact(Kind.CALL_WAITING, at, call_id, None, {"queue": queue}))
            later = at + timedelta(seconds=10 if n % 3 else 50)
            facts.append(Fact(Kind.CALL_CONNECTED, later, call_id, n + 1, {"offer_id": call_id}))
    today = Today(rules.queues)
    today.add(Recorded(position, fact) for position, fact in enumerate(facts, start=1))
    for n in range(1, AGENTS + 1):
        if n % 4 == 1:
            about = (CallState.CONNECTED, now, list(rules.queues)[n % QUEUES], now, "en", None, None, n, None, None)
            calls.append(CallView(f"talk-{n}", *about))
    view = View(now, True, tuple(calls), agents)
    needs = queue_needs(rules, load_catalogue())
    return board(view, today, rules.queues, people, needs, database=True, emergency=False)


def showing(shown: Board) -> Callable[[WebSocketRoute], None]:
    """A server that shows one board to every page."""

    def answer(socket: WebSocketRoute) -> None:
        snapshot = Snapshot(position=1, server_time=datetime.now(UTC), board=shown)
        socket.on_message(lambda _: socket.send(snapshot.model_dump_json()))

    return answer


@pytest.mark.parametrize(
    ("language", "scheme", "width", "height"),
    [("en", "light", 1920, 1080), ("sw", "dark", 1920, 1080), ("en", "dark", 1600, 900)],
)
async def test_eight_queues_and_forty_agents_fit_on_one_screen(
    console: Console, language: str, scheme: str, width: int, height: int
) -> None:
    context = await console.visitor(language, scheme, width, height)
    page = await context.new_page()
    await page.route_web_socket("**/live", showing(a_full_house(console)))
    await sign_in(page, "supervisor1")
    await expect(page.locator("tbody tr")).to_have_count(QUEUES)
    await expect(page.locator("#content ul > li")).to_have_count(AGENTS)
    await picture(page, f"board-full-{width}-{language}")
    await nothing_found(page)
    await fits_the_width(page)
    assert await page.evaluate(SCROLLS) == []
    await context.close()


async def test_the_calls_behind_a_number(console: Console) -> None:
    now = datetime.now(UTC)
    with session_scope(console.parts.engine) as session:
        about = {"entry": "main", "path": [], "state": "ended", "outcome": "handled", "queue": "travel", "note": ""}
        session.add(CallRow(id="behind-1", entered_at=now, answered_at=now, ended_at=now, language="sw", **about))
        session.flush()
        session.add(QueueSegment(call_id="behind-1", queue="travel", entered_at=now, left_at=now, result="answered"))
    context = await console.visitor("en", "light", 1600, 900)
    page = await context.new_page()
    await page.route_web_socket("**/live", showing(a_full_house(console)))
    await sign_in(page, "supervisor1")

    async def behind(number: str) -> None:
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_be_hidden()
        await page.get_by_role("button", name=number).click()
        await expect(page.get_by_role("dialog")).to_be_visible()

    links = page.get_by_role("dialog").get_by_role("link")
    await behind(f"Passports and travel, Waiting: {WAITING}")
    await expect(links).to_have_count(WAITING)
    await expect(links.first).to_have_attribute("href", "/calls/travel-2")  # who waits longest
    await nothing_found(page)
    await picture(page, "behind-waiting")
    await behind("Identity and certificates, Talking:")
    await expect(links.first).to_contain_text("Wanjiku Otieno Kamau")
    await behind("Passports and travel, Answered:")
    await expect(links).to_have_count(1)
    await expect(links.first).to_have_attribute("href", "/calls/behind-1")
    await nothing_found(page)
    await picture(page, "behind-answered")
    await context.close()


async def test_the_emergency_switch_is_confirmed_and_undone(console: Console) -> None:
    context = await console.visitor("en", "light", 1600, 900)
    page = await context.new_page()
    await sign_in(page, "supervisor1")
    typed = asyncio.Event()

    async def late(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await page.route("**/switches/emergency", late, times=1)
    await page.get_by_role("button", name="Emergency announcement").click()
    dialog = page.get_by_role("dialog")
    announce = dialog.get_by_role("button", name="Announce it to every caller")
    await expect(announce).to_be_disabled()
    await dialog.get_by_label("In English").fill("All offices are closed today.")
    await expect(announce).to_be_disabled()
    await dialog.get_by_label("In Kiswahili").fill("Ofisi zote zimefungwa leo.")
    async with page.expect_response("**/switches/emergency"):  # which takes nothing away that was typed before
        typed.set()
    await expect(dialog.get_by_label("In English")).to_have_value("All offices are closed today.")
    await nothing_found(page)
    await picture(page, "emergency")
    await announce.click()
    await expect(page.get_by_role("button", name="The emergency announcement is on")).to_be_visible()
    await nothing_found(page)
    await picture(page, "emergency-on")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_role("button", name="Emergency announcement")).to_be_visible()
    await context.close()
