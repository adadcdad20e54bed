"""A call on the agent's page, over the real websocket."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from console_house import ConsoleHouse
from console_page import Page, heard, live, state
from websockets.exceptions import ConnectionClosed, InvalidStatus

from agent_console.clock import now
from asterisk_conf.credentials import shut_out
from contact_centre.database import read_scope
from contact_centre.tables import CallRow
from ivr.captions import Captions, CaptionsDoor, captions_path
from ivr.turns import Spoken
from queue_manager import events as e


async def test_a_call_from_ready_to_disposition(console: ConsoleHouse) -> None:
    async with console.sign_in("asha") as browser, live(console, browser) as socket:
        page = Page(socket)
        await page.hello()
        assert page.shows["me"]["state"] == "signed_out"
        phone = (await browser.post("/api/phone")).json()
        assert (phone["extension"], phone["dial"]) == ("agent-001", None)
        assert phone["password"] in console.router.actions[-1]["Val"]
        await page.until(state("paused"))
        assert (await page.ask("ready"))["accepted"]
        console.router.hear(e.PhoneRegistered("agent-001", "sip:1"))
        console.call_waits("call-1")
        await page.until(state("offered"))
        card = await page.until(lambda p: p.shows.get("call"))
        assert (card["call_id"], card["language"], card["citizen"]["name"]) == ("call-1", "en", None)
        console.answer(1)
        await page.until(lambda p: p.shows["call"]["state"] == "connected")
        assert (await browser.put("/api/calls/call-1/note", json={"text": "<b>typed\x00</b>"})).status_code == 204
        who = {"new": {"name": "Wanjiku O'Hara", "language": "sw"}}
        assert (await browser.post("/api/calls/call-1/citizen", json=who)).json()["certainty"] == "named"
        await page.until(lambda p: p.shows["call"]["citizen"]["name"] == "Wanjiku O'Hara")
        citizen_id = page.shows["call"]["citizen"]["id"]
        assert (await browser.post("/api/sign-out")).status_code == 409
        assert (await page.ask("end_call", call_id="call-1"))["accepted"]
        console.router.hear(e.CallerLeft("call-1", "call-1"))
        await page.until(state("wrap_up"))
        agency = (await browser.get("/api/catalogue")).json()[0]["slug"]
        body = {"code": "case_opened", "new_case": {"citizen_id": citizen_id, "agency": agency, "title": "Lost ID"}}
        assert (await browser.post("/api/calls/call-1/disposition", json={"code": "no-such"})).status_code == 422
        saved = (await browser.post("/api/calls/call-1/disposition", json=body)).json()
        await page.until(state("ready"))
        await page.until(lambda p: p.shows["call"] is None)
        again = (await browser.post("/api/calls/call-1/disposition", json=body)).json()
        assert again["card"]["case_id"] == saved["card"]["case_id"] is not None
        assert saved["card"]["note"] == "<b>typed</b>"
        assert page.shows["me"]["answered_today"] == 1
        assert (await browser.post("/api/sign-out")).status_code == 204
        assert [a["Action"] for a in console.router.actions if a["Action"] != "DBPut"] == [
            a["Action"] for a in shut_out("agent-001")
        ]
        with pytest.raises(ConnectionClosed) as closed:
            await page.until(lambda _: False)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_another_agents_call_is_not_there_and_a_supervisor_sees_it(console: ConsoleHouse) -> None:
    async with console.sign_in("asha") as asha, console.sign_in("ben") as ben:
        await asha.post("/api/phone")
        async with live(console, asha) as socket:
            page = Page(socket)
            await page.hello()
            await page.ask("ready")
            console.router.hear(e.PhoneRegistered("agent-001", "sip:1"))
            console.call_waits("call-2")
            console.answer(1)
        assert (await asha.get("/api/calls/call-2")).status_code == 200
        assert (await ben.get("/api/calls/call-2")).status_code == 404
        assert (await ben.get("/api/calls/call-2/recording")).status_code == 404
        assert (await ben.put("/api/calls/call-2/note", json={"text": "x"})).status_code == 404
        async with console.sign_in("sam") as sam, live(console, sam) as socket:
            board = Page(socket)
            await board.hello()
            assert (await sam.get("/api/calls/call-2")).json()["card"]["queue"] == "general"
            general = next(q for q in board.shows["board"]["queues"] if q["name"] == "general")
            assert (general["offered"], general["answered"], general["talking"]) == (1, 1, 1)
            assert not (await board.ask("ready"))["accepted"]
    with read_scope(console.engine) as session:
        assert session.get(CallRow, "call-2").note == ""  # type: ignore[union-attr]


async def test_one_tab_and_one_sign_in_take_the_calls(console: ConsoleHouse) -> None:
    async with console.sign_in("asha") as first, live(console, first) as a, live(console, first) as b:
        one, two = Page(a), Page(b)
        await one.hello("one")
        await two.say(type="hello", tab="two")
        await two.until(heard("tab_busy"))
        assert (await two.ask("ready"))["reason"] == "not_here"
        await two.say(type="hello", tab="two", take_over=True)
        assert (await one.until(heard("taken_over")))["by"] == "tab"
        async with console.sign_in("asha") as second, live(console, second) as c:
            assert (await two.until(heard("taken_over")))["by"] == "sign_in"
            three = Page(c)
            await three.hello("three")
            assert (await second.post("/api/phone")).status_code == 200
            assert (await first.post("/api/phone")).status_code == 409
            assert (await three.ask("ready"))["accepted"]
            assert (await first.post("/api/sign-out")).status_code == 204
            assert console.agent(1).state == "ready"


async def test_what_is_not_understood_changes_nothing(console: ConsoleHouse) -> None:
    async with console.sign_in("asha") as browser, live(console, browser) as socket:
        page = Page(socket)
        await page.say(type="ask", id="12345678", what="ready")
        assert (await page.until(heard("error")))["message"] == "Say hello first."
        await page.hello()
        before = console.agent(1)
        bad = [
            "{",
            "[]",
            '{"type":"zap"}',
            "x" * 17_000,
            '{"type":"ask","id":"12345678","what":"fly"}',
            '{"type":"ping","x":1}',
        ]
        for text in bad:
            page.heard.clear()
            await socket.send(text)
            await page.until(heard("error"))
        page.heard.clear()
        await socket.send(b"\x00\xff")
        await page.until(heard("error"))
        assert not (await page.ask("pause"))["accepted"]
        assert console.agent(1) == before
        await page.say(type="ping")
        await page.until(heard("pong"))


async def test_strangers_and_foreign_pages_stay_outside(console: ConsoleHouse) -> None:
    async with console.sign_in("asha") as browser:
        with pytest.raises(InvalidStatus) as refused:
            async with live(console, browser, origin="https://evil.example"):
                pass
        assert refused.value.response.status_code == 403
    async with httpx.AsyncClient() as nobody, live(console, nobody) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_asterisk_away_gives_no_credentials_and_says_so(console: ConsoleHouse) -> None:
    console.router.away = True
    async with console.sign_in("asha") as browser:
        answer = await browser.post("/api/phone")
        assert (answer.status_code, answer.json()["detail"]["reason"]) == (503, "not_reachable")
        assert console.agent(1).state == "signed_out"


async def test_a_citizens_seat_serves_one_call_and_is_free_again(console: ConsoleHouse) -> None:
    calls = console.app.state.parts.web_calls
    async with httpx.AsyncClient(base_url=console.url, headers={"X-Requested-With": "huduma"}) as browser:
        given = [(await browser.post("/api/web-call", json={"language": "sw"})).json() for _ in range(2)]
        assert {g["extension"] for g in given} == {"web-01", "web-02"}
        assert given[0]["dial"] == console.settings.prefixes[0]
        assert (await browser.post("/api/web-call", json={"language": "en"})).status_code == 503
        seat = given[0]["extension"]
        spoken = {a["Key"]: a["Val"] for a in console.router.actions if a.get("Family") == "web_language"}
        assert spoken == {"web-01": "sw", "web-02": "sw"}
        console.router.hear(e.CallEntered("web-call", f"PJSIP/{seat}-0000000a", "u1"))
        await calls.look(now())
        last = console.router.actions[-1]
        assert (last["Action"], last["Key"]) == ("DBDel", seat)
        console.router.hear(e.CallerLeft("web-call", "u1"))
        await calls.look(now())
        assert (await browser.post("/api/web-call", json={"language": "en"})).json()["extension"] == seat
        statuses = [(await browser.post("/api/web-call", json={"language": "en"})).status_code for _ in range(3)]
        assert statuses[-1] == 429


async def test_a_page_reads_what_the_line_says_to_its_own_call_alone(console: ConsoleHouse) -> None:
    captions = Captions({}, recording=True)
    door = CaptionsDoor(captions_path(console.settings), captions)
    async with httpx.AsyncClient(base_url=console.url, headers={"X-Requested-With": "huduma"}) as browser:
        mine, other = [(await browser.post("/api/web-call", json={"language": "sw"})).json() for _ in range(2)]

        async def said(key: str, after: int = 0) -> Any:
            return (await browser.post("/api/web-call/said", json={"key": key, "after": after})).json()

        assert await said(mine["key"]) == {"with_whom": None, "said": []}
        for call_id, seat in (("mine", mine["extension"]), ("other", other["extension"])):
            console.router.hear(e.CallEntered(call_id, f"PJSIP/{seat}-0000000a", call_id))
        captions.say("mine", (Spoken("Karibu.", "sw"),))
        first = {"n": 1, "language": "sw", "text": "Karibu."}
        assert await said(mine["key"]) == {"with_whom": "machine", "said": [first]}
        assert await said(mine["key"], 1) == {"with_whom": "machine", "said": []}
        assert await said(other["key"]) == {"with_whom": "machine", "said": []}
        assert await said("x" * 32) == {"with_whom": None, "said": []}
        for wrong in ({"key": "\ud800" * 20}, {"key": ""}, {"key": "x" * 32, "after": -1}, {}):
            body = json.dumps(wrong)
            answer = await browser.post(
                "/api/web-call/said", content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code == 422
        wish = e.Wish(language="sw", skills=frozenset({"language:sw"}))
        console.router.hear(e.CallWaiting("mine", f"PJSIP/{mine['extension']}-0000000a", "mine", wish))
        door.close()
        assert await said(mine["key"]) == {"with_whom": "line", "said": []}, "the IVR is away: the page goes on"


async def test_behind_a_number_of_the_board_stand_as_many_calls(console: ConsoleHouse) -> None:
    async with console.sign_in("asha") as asha, console.sign_in("sam") as sam:
        await asha.post("/api/phone")
        console.router.hear(e.PhoneRegistered("agent-001", "sip:1"))
        for call_id in ("gave-up", "talks", "waits"):
            console.call_waits(call_id)
        console.router.hear(e.CallerLeft("gave-up", "gave-up"))
        async with live(console, asha) as socket:
            page = Page(socket)
            await page.hello()
            assert (await page.ask("ready"))["accepted"]
            assert console.answer(1) == "talks"
        row = next(r for r in (await sam.get("/api/board")).json()["queues"] if r["name"] == "general")
        assert (row["offered"], row["answered"], row["abandoned"]) == (3, 1, 1)
        for outcome, calls in (
            (None, {"gave-up", "talks", "waits"}),
            ("answered", {"talks"}),
            ("abandoned", {"gave-up"}),
        ):
            asked = {"queue": "general"} | ({"outcome": outcome} if outcome else {})
            assert {call["call_id"] for call in (await sam.get("/api/calls", params=asked)).json()} == calls
        assert (await sam.get("/api/calls", params={"queue": "travel"})).json() == []


async def test_a_page_that_comes_back_is_never_shown_an_older_state(console: ConsoleHouse) -> None:
    async with console.sign_in("sam") as browser:
        async with live(console, browser) as socket:
            page = Page(socket)
            await page.hello()
            seen = page.heard[-1]["position"] if page.heard[-1]["type"] == "snapshot" else page.heard[0]["position"]
        async with live(console, browser) as socket:
            page = Page(socket)
            await page.say(type="hello", tab="one", after=seen + 1)  # as if another console had read one fact more
            await page.say(type="ping")
            await page.until(heard("pong"))
            console.call_waits("call-later")
            first = await page.until(heard("snapshot"))
            assert first["position"] > seen
            assert "call-later" in [call["call_id"] for call in first["board"]["calls"]]
