"""An agent's page calls a known citizen: who may, whom, what is written down, and what the page is shown."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime

from console_house import ConsoleHouse
from console_page import state
from sqlalchemy import select
from test_console_transfers import ready

from agent_console.commands import permit
from contact_centre.database import read_scope, session_scope
from contact_centre.tables import AuditEntry, CallRow, Case, Citizen, PhoneNumber
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager.commands import CallOut

NUMBERS = ("+254722000123", "+254900223456")
LEG = "PJSIP/agent-001-00000001"


def citizens(console: ConsoleHouse) -> None:
    """Wanjiru (1) has an ordinary and a premium number and case 1; Omondi (2) has case 2."""
    now = datetime.now(UTC)
    with session_scope(console.engine) as session:
        for id_, name in ((1, "Wanjiru Njoroge"), (2, "Omondi Oloo")):
            session.add(Citizen(id=id_, name=name, language="sw", created_at=now))
            session.flush()
            case = Case(
                reference=f"1000000{id_}", citizen_id=id_, agency="immigration", title="Passport", status="open"
            )
            case.opened_at, case.id = now, id_
            session.add(case)
        session.add_all(PhoneNumber(e164=e164, citizen_id=1, first_seen_at=now) for e164 in NUMBERS)


def order(console: ConsoleHouse) -> CallOut:
    """The router's last order to call out."""
    return next(one for one in reversed(console.router.orders) if isinstance(one, CallOut))


def trail(console: ConsoleHouse) -> list[str]:
    """What was written down of calls to citizens."""
    with read_scope(console.engine) as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.action.contains("call")).order_by(AuditEntry.id))
        return [f"{row.action} {row.subject}" for row in rows]


async def test_nobody_calls_out_before_an_administrator_says_so(console: ConsoleHouse) -> None:
    citizens(console)
    async with AsyncExitStack() as stack:
        browser, _ = await ready(console, stack, "asha", 1)
        wanted = {"citizen_id": 1, "number": NUMBERS[0], "case_id": 1}
        assert (await browser.get("/api/me")).json()["may_call_out"] is False
        assert (await browser.post("/api/calls-out", json=wanted)).status_code == 403
        permit(console.engine, "asha", allowed=True)
        assert (await browser.get("/api/me")).json()["may_call_out"] is True
        for wrong in ({"number": "+254722000999"}, {"citizen_id": 2}, {"citizen_id": 99}, {"case_id": 2}):
            assert (await browser.post("/api/calls-out", json=wanted | wrong)).status_code == 404
        premium = await browser.post("/api/calls-out", json=wanted | {"number": NUMBERS[1]})
        assert premium.json()["detail"]["reason"] == "number_not_allowed"
        assert not [one for one in console.router.orders if isinstance(one, CallOut)]
        assert console.agent(1).state == "ready"
        permit(console.engine, "asha", allowed=False)
        assert (await browser.post("/api/calls-out", json=wanted)).status_code == 403
        assert [line.split()[0] for line in trail(console)] == ["call_out_permitted", "call_out_forbidden"]


async def test_a_citizen_is_called_and_the_page_follows(console: ConsoleHouse) -> None:
    citizens(console)
    permit(console.engine, "asha", allowed=True)
    async with AsyncExitStack() as stack:
        browser, page = await ready(console, stack, "asha", 1)
        wanted = {"citizen_id": 1, "number": NUMBERS[0], "case_id": 1}
        call_id = (await browser.post("/api/calls-out", json=wanted)).json()["call_id"]
        assert (await browser.post("/api/calls-out", json=wanted)).status_code == 409
        assert trail(console)[1] == f"called_out call:{call_id} citizen:1 case:1"
        assert trail(console)[-1].endswith("wrong_state")
        await page.until(state("calling"))
        await page.until(lambda page: page.shows.get("call"))
        card = page.shows["call"]
        assert (card["outbound"], card["dialling"], card["language"], card["case_id"]) == (True, "agent", "sw", 1)
        assert card["citizen"]["name"] == "Wanjiru Njoroge"
        said = order(console)
        assert (said.number, said.endpoint, said.wish.queue) == (NUMBERS[0], "agent-001", "travel")
        console.router.hear(out.CitizenRings(call_id, said.offer_id, LEG))
        await page.until(lambda page: page.shows["call"]["dialling"] == "citizen")
        console.router.hear(out.CitizenNotReached(call_id, said.offer_id, "busy"))
        await page.until(state("ready"))
        assert page.shows["me"]["not_reached"] == "busy"

        call_id = (await browser.post("/api/calls-out", json=wanted)).json()["call_id"]
        said = order(console)
        console.router.hear(
            out.CitizenAnswered(call_id, said.offer_id, "PJSIP/trunk-00000009", "9.9"),
            out.CitizenJoined(call_id, said.offer_id, e.Wish(recording="armed")),
        )
        await page.until(state("on_call"))
        assert (page.shows["me"]["not_reached"], page.shows["me"]["answered_today"]) == (None, 0)
        console.router.hear(e.CallerLeft(call_id, "9.9", 16))
        await page.until(state("wrap_up"))
        case = (await browser.get("/api/cases/1")).json()
        assert [item["kind"] for item in case["events"]] == ["call_out", "call_out_not_reached"]
        assert (await browser.get("/api/citizens/1")).json()["calls_this_week"] == 0
        with read_scope(console.engine) as session:
            assert session.get_one(CallRow, call_id).outcome == "handled"


async def test_an_administrator_and_nobody_else_says_who_may(console: ConsoleHouse) -> None:
    async with console.sign_in("root") as root, console.sign_in("sam") as sam, console.sign_in("asha") as asha:
        for stranger in (sam, asha):
            assert (await stranger.get("/api/accounts")).status_code == 403
            assert (await stranger.put("/api/accounts/1/call-out", json={"allowed": True})).status_code == 403
        people = (await root.get("/api/accounts")).json()
        assert [(one["username"], one["may_call_out"]) for one in people] == [("asha", False), ("ben", False)]
        allowed = await root.put(f"/api/accounts/{people[0]['id']}/call-out", json={"allowed": True})
        assert allowed.json()["may_call_out"] is True
        assert (await asha.get("/api/me")).json()["may_call_out"] is True
        assert (await root.put("/api/accounts/999/call-out", json={"allowed": True})).status_code == 404
    assert trail(console) == [f"call_out_permitted account:{people[0]['id']}"]
