"""Who gets in, who does not, and what hostile input meets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import groupby

import httpx
import pytest
from console_house import OURS, PASSWORD, ConsoleHouse
from sqlalchemy import select, update

from agent_console import auth
from contact_centre.database import read_scope, session_scope
from contact_centre.tables import Account, AuditEntry, Citizen, SignInSession

HOSTILE = [
    "'",
    '"; DROP TABLE citizens; --',
    "a\r\nAction: Hangup",
    "x\x00y",
    "${SHELL(id)}",
    "<script>",
    "%00",
    "é" * 4096,
]


@pytest.fixture
async def stranger(console: ConsoleHouse) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=console.url, timeout=20) as browser:
        yield browser


def reason(answer: httpx.Response) -> str:
    return str(answer.json()["detail"]["reason"])


async def test_the_cookie_is_the_browsers_alone_and_only_its_hash_is_stored(console: ConsoleHouse) -> None:
    async with console.sign_in("asha") as browser:
        token = browser.cookies[auth.COOKIE]
        answer = await browser.get("/api/me")
        assert answer.json()["extension"] == "agent-001"
        with read_scope(console.engine) as session:
            assert token not in session.scalars(select(SignInSession.token_hash)).all()


async def test_flags_of_the_cookie(console: ConsoleHouse, stranger: httpx.AsyncClient) -> None:
    body = {"username": "Asha ", "password": PASSWORD}
    cookie = (await stranger.post("/api/sign-in", json=body, headers=OURS)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_a_forged_expired_or_disabled_session_is_nobody(console: ConsoleHouse) -> None:
    async with console.sign_in("asha") as browser:
        forged = await browser.get("/api/me", headers={"Cookie": f"{auth.COOKIE}=forged\x7f"})
        assert (forged.status_code, reason(forged)) == (401, "not_signed_in")
        with session_scope(console.engine) as session:
            session.execute(update(Account).where(Account.username == "asha").values(active=False))
        assert (await browser.get("/api/me")).status_code == 401
    async with console.sign_in("ben") as browser:
        with session_scope(console.engine) as session:
            session.execute(update(SignInSession).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
        assert (await browser.get("/api/me")).status_code == 401


async def test_wrong_and_unknown_names_are_answered_alike_then_bounded(
    console: ConsoleHouse, stranger: httpx.AsyncClient
) -> None:
    for username in ("asha", "nobody", "x\x00y"):
        answers = [
            await stranger.post("/api/sign-in", json={"username": username, "password": "wrong"}, headers=OURS)
            for _ in range(6)
        ]
        assert [a.status_code for a in answers] == [401] * 5 + [429]
        assert int(answers[-1].headers["retry-after"]) > 0
    right = await stranger.post("/api/sign-in", json={"username": "asha", "password": PASSWORD}, headers=OURS)
    assert (right.status_code, reason(right)) == (429, "too_many")
    assert (
        await stranger.post("/api/sign-in", json={"username": "ben", "password": PASSWORD}, headers=OURS)
    ).is_success


async def test_changes_need_our_header_and_our_origin(console: ConsoleHouse) -> None:
    async with console.sign_in("sam") as browser:
        body = {"on": True, "en": "Closed", "sw": "Tumefunga"}
        plain = await browser.put("/api/switches/emergency", json=body, headers={"X-Requested-With": "other"})
        foreign = await browser.put("/api/switches/emergency", json=body, headers={"Origin": "https://evil.example"})
        ours = await browser.put("/api/switches/emergency", json=body, headers={"Origin": console.url})
        assert [plain.status_code, foreign.status_code, ours.status_code] == [403, 403, 204]
        assert (await browser.get("/api/switches/emergency")).json() == body
        assert (await browser.get("/api/board")).json()["house"]["emergency"] is True


ROLES = [
    ("asha", "GET", "/api/board", 403),
    ("asha", "GET", "/api/calls", 403),
    ("asha", "GET", "/api/switches/emergency", 403),
    ("asha", "GET", "/api/calls/recent", 200),
    ("sam", "POST", "/api/phone", 403),
    ("sam", "PUT", "/api/calls/c1/note", 403),
    ("sam", "GET", "/api/calls", 200),
    ("root", "GET", "/api/board", 200),
]


async def test_roles(console: ConsoleHouse) -> None:
    for username, rows in groupby(ROLES, key=lambda row: row[0]):
        async with console.sign_in(username) as browser:
            for _, method, path, status in rows:
                answer = await browser.request(method, path, json={"text": "x"} if method == "PUT" else None)
                assert answer.status_code == status, f"{username} {method} {path}: {answer.text}"


async def test_every_answer_is_hardened(console: ConsoleHouse, stranger: httpx.AsyncClient) -> None:
    for path in ("/", "/api/health", "/api/me", "/api/nothing", "/%2e%2e/%2e%2e/app.py", "/x.js", "/" + "a" * 3000):
        answer = await stranger.get(path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "import" not in answer.text[:200]
    evil = await stranger.get("/api/health", headers={"Host": "a;script-src *"})
    assert "script-src *" not in evil.headers["content-security-policy"]


async def test_large_bodies_are_refused(console: ConsoleHouse, stranger: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 4096

    told = await stranger.post("/api/sign-in", content=b"x" * 100_000, headers=OURS)
    untold = await stranger.post("/api/sign-in", content=chunks(), headers=OURS | {"Content-Type": "application/json"})
    assert (told.status_code, untold.status_code) == (413, 413)


async def test_hostile_words_are_data(console: ConsoleHouse) -> None:
    with session_scope(console.engine) as session:
        session.add(Citizen(id=7, name="<img src=x onerror=alert(1)>", created_at=datetime.now(UTC), sample=False))
    async with console.sign_in("asha") as browser:
        agency = (await browser.get("/api/catalogue")).json()[0]["slug"]
        for text in HOSTILE:
            assert (await browser.get("/api/citizens", params={"q": text[:200]})).status_code in (200, 422)
            assert (await browser.get("/api/catalogue/x", params={"language": text})).status_code == 422
            made = await browser.post("/api/cases", json={"citizen_id": 7, "agency": agency, "title": f"t {text}"})
            assert made.status_code in (200, 422), made.text
            assert made.headers["content-type"] == "application/json"
            noted = await browser.put("/api/calls/none/note", json={"text": text[:4000]})
            assert noted.status_code == 404
            assert (await browser.get(f"/api/calls/{'%27%20OR%201=1'}")).status_code == 422
        assert (await browser.get("/api/citizens/99999999999999999999")).status_code == 422
        broken = json.dumps({"citizen_id": 2**70, "agency": agency, "title": "abc"})
        assert (await browser.post("/api/cases", content=broken)).status_code == 422
        card = await browser.get("/api/citizens/7")
        assert card.json()["name"] == "<img src=x onerror=alert(1)>"
        with read_scope(console.engine) as session:
            said = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "citizen_opened")).all()
        assert said == ["citizen:7"]


async def test_a_refused_body_does_not_come_back(console: ConsoleHouse, stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post("/api/sign-in", json={"username": 5, "password": "secret words"}, headers=OURS)
    assert answer.status_code == 422
    assert "secret words" not in answer.text
