"""A call handed from one agent's page to another's, over the real websockets."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

import httpx
from console_house import ConsoleHouse
from console_page import Page, live, state

from queue_manager import events as e

LEGS = {1: "PJSIP/agent-001-00000001", 2: "PJSIP/agent-002-00000002"}
NOTE = "Lost her ID in Thika; has the abstract."


async def ready(
    console: ConsoleHouse, stack: AsyncExitStack, username: str, seat: int
) -> tuple[httpx.AsyncClient, Page]:
    """A browser whose agent takes calls."""
    browser = await stack.enter_async_context(console.sign_in(username))
    page = Page(await stack.enter_async_context(live(console, browser)))
    await page.hello()
    await browser.post("/api/phone")
    assert (await page.ask("ready"))["accepted"]
    console.router.hear(e.PhoneRegistered(f"agent-{seat:03d}", f"sip:{seat}"))
    return browser, page


def transfer(page: Page) -> dict[str, Any]:
    """What the page shows of a transfer."""
    return dict((page.shows.get("call") or {}).get("transfer") or {})


async def test_a_colleague_is_spoken_with_and_takes_the_call(console: ConsoleHouse) -> None:
    async with AsyncExitStack() as stack:
        asha, asha_page = await ready(console, stack, "asha", 1)
        console.call_waits("call-1")
        await asha_page.until(state("offered"))
        console.router.hear(e.OfferAnswered("call-1", console.agent(1).offer_id, LEGS[1]))
        await asha_page.until(state("on_call"))
        ben, ben_page = await ready(console, stack, "ben", 2)
        places = (await asha.get("/api/transfer-targets?language=en")).json()
        assert places["agents"] == [{"agent_id": 2, "name": "Ben Kamau", "languages": ["en"]}]
        general = places["queues"][0]
        assert (general["queue"], general["agency"], general["waiting"], general["ready"]) == ("general", None, 0, 1)
        assert (await asha.put("/api/calls/call-1/note", json={"text": NOTE})).status_code == 204

        asked = {"call_id": "call-1", "to_agent_id": 2, "speak_first": True}
        assert (await asha_page.ask("transfer_to_agent", **asked))["accepted"]
        await ben_page.until(state("offered"))
        await ben_page.until(lambda page: page.shows["call"])
        card = ben_page.shows["call"]
        assert (card["transferred_by"], card["note"]) == ("Asha <b>Otieno</b>", NOTE)
        assert (transfer(ben_page)["mine"], transfer(ben_page)["phase"]) == (False, "ringing")
        transfer_id = transfer(ben_page)["transfer_id"]
        console.router.hear(e.TransferAnswered("call-1", transfer_id, LEGS[2]))
        await asha_page.until(lambda page: transfer(page).get("phase") == "consulting")
        assert (transfer(asha_page)["mine"], transfer(asha_page)["colleague"]) == (True, "Ben Kamau")
        assert not (await ben_page.ask("steer_transfer", call_id="call-1", steer="complete"))["accepted"]
        assert (await asha_page.ask("steer_transfer", call_id="call-1", steer="complete"))["accepted"]
        console.router.hear(e.ConferenceJoined("call-1", "agent-002", LEGS[2]))
        await asha_page.until(state("wrap_up"))
        await ben_page.until(lambda page: page.shows["call"]["state"] == "connected")
        assert not transfer(ben_page)

        assert (await ben.put("/api/calls/call-1/note", json={"text": f"{NOTE} Sent to Posta."})).status_code == 204
        refused = await asha.put("/api/calls/call-1/note", json={"text": "Asha's own"})
        assert refused.json()["detail"]["reason"] == "wrong_state"
        body = {"code": "answered", "note": "Asha's own"}
        saved = await asha.post("/api/calls/call-1/disposition", json=body)
        assert saved.json()["card"]["note"] == f"{NOTE} Sent to Posta.\nAsha's own"
        await asha_page.until(state("ready"))
        told = (await asha.get("/api/calls/call-1")).json()  # to be read, and not to be written any more
        details = {fact["kind"]: fact["detail"] for fact in told["facts"]}
        assert details["TransferAsked"] == {"how": "warm", "to_agent": "Ben Kamau"}
        assert details["TransferCompleted"] == {"from_agent": "Asha <b>Otieno</b>"}
        assert (await asha.put("/api/calls/call-1/note", json={"text": "late"})).status_code == 404


async def test_what_is_missing_or_unknown_is_refused(console: ConsoleHouse) -> None:
    async with AsyncExitStack() as stack:
        _, page = await ready(console, stack, "asha", 1)
        console.call_waits("call-1")
        await page.until(state("offered"))
        console.answer(1)
        await page.until(state("on_call"))
        for what, more in (
            ("transfer_to_queue", {"agency": "no-such-agency"}),
            ("transfer_to_agent", {}),
            ("steer_transfer", {}),
        ):
            answer = await page.ask(what, call_id="call-1", **more)
            assert (answer["accepted"], answer["reason"]) == (False, "incomplete")
        answer = await page.ask("transfer_to_agent", call_id="call-1", to_agent_id=2)
        assert (answer["accepted"], answer["reason"]) == (False, "not_ready")
        assert (await page.ask("transfer_to_queue", call_id="call-1", agency="immigration"))["accepted"]
        await page.until(state("wrap_up"))
        assert console.router.orders[-1].queue == "travel"


async def test_an_agent_asks_for_help_and_a_supervisor_comes(console: ConsoleHouse) -> None:
    async with AsyncExitStack() as stack:
        asha, page = await ready(console, stack, "asha", 1)
        sam = await stack.enter_async_context(console.sign_in("sam"))
        console.call_waits("call-1")
        await page.until(state("offered"))
        console.answer(1)
        await page.until(state("on_call"))
        assert (await page.ask("ask_for_help"))["accepted"]
        await page.until(lambda page: page.shows["me"]["help_since"])
        board = (await sam.get("/api/board")).json()
        assert next(row for row in board["agents"] if row["agent_id"] == 1)["help_since"]
        assert (await asha.delete("/api/agents/1/help")).status_code == 403
        assert (await sam.delete("/api/agents/1/help")).status_code == 204
        await page.until(lambda page: not page.shows["me"]["help_since"])
