"""What the console keeps and ends by itself: recordings in ranges, seats without a session, accounts from the shell."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from console_house import PASSWORD, ConsoleHouse
from sqlalchemy import select

from agent_console import auth, commands
from agent_console.app import refuse_samples
from agent_console.sweep import Sweep
from asterisk_conf.credentials import shut_out
from contact_centre.database import read_scope, session_scope
from contact_centre.errors import BadInput, SettingsMistake
from contact_centre.tables import Account, AuditEntry, CallRow, Recording, SignInSession

CALL = "0f8fad5b-d9cb-469f-a165-70867728950e"


async def test_a_recording_is_heard_in_ranges_by_its_agent_and_written_down(console: ConsoleHouse) -> None:
    archive = console.settings.data_dir / "recordings" / "archive" / "2026"
    archive.mkdir(parents=True)
    (archive / f"{CALL}.flac").write_bytes(b"fLaC" + bytes(range(96)))
    at = datetime.now(UTC)
    with session_scope(console.engine) as session:
        session.add(CallRow(id=CALL, entry="main", path=[], state="ended", entered_at=at, agent_id=1, note=""))
        session.flush()
        session.add(
            Recording(call_id=CALL, path=f"2026/{CALL}.flac", sha256="0", bytes=100, duration_s=1.0, archived_at=at)
        )
    async with console.sign_in("asha") as asha, console.sign_in("ben") as ben:
        url = (await asha.get(f"/api/calls/{CALL}")).json()["recording_url"]
        part = await asha.get(url, headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"fLaC", "audio/flac")
        assert (await ben.get(url)).status_code == 404
    with read_scope(console.engine) as session:
        heard = session.scalars(select(AuditEntry.account_id).where(AuditEntry.action == "recording_heard")).all()
        assert len(heard) == 1


async def test_an_agent_whose_session_is_over_leaves_the_line(console: ConsoleHouse) -> None:
    async with console.sign_in("asha") as browser:
        await browser.post("/api/phone")
        sweep = Sweep(console.app.state.parts)
        await sweep.once()
        assert console.agent(1).state == "paused"
        commands.disable(console.engine, "asha")
        await sweep.once()
        assert console.agent(1).state == "signed_out"
        with read_scope(console.engine) as session:
            assert session.scalars(select(SignInSession)).all() == []


async def test_who_signs_out_while_asterisk_is_away_is_shut_out_when_it_is_back(console: ConsoleHouse) -> None:
    sweep = Sweep(console.app.state.parts)
    await sweep.once()
    async with console.sign_in("asha") as asha:
        await asha.post("/api/phone")
        await sweep.once()
        console.router.away = True
        assert (await asha.post("/api/sign-out")).status_code == 204
        await sweep.once()
        assert console.agent(1).state == "signed_out"
        console.router.away = False
        console.router.actions.clear()
        await sweep.once()
        assert console.router.actions == shut_out("agent-001")
        console.router.actions.clear()
        await sweep.once()
        assert console.router.actions == [], "once is enough"
    async with console.sign_in("asha") as asha:
        await asha.post("/api/phone")
        console.router.actions.clear()
        await sweep.once()
        assert console.router.actions == [], "whoever is signed in keeps the password"


async def test_a_console_that_starts_shuts_out_whoever_is_signed_out(console: ConsoleHouse) -> None:
    await Sweep(console.app.state.parts).once()
    assert console.router.actions == [*shut_out("agent-001"), *shut_out("agent-002")]


async def test_accounts_from_the_shell(console: ConsoleHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_console.commands.load_settings", lambda: console.settings)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert commands.main(["add", "cira", "--name", "Cira Njeri", "--skill", "language:sw=4"]) == 0
    async with console.sign_in("cira") as browser:
        assert (await browser.get("/api/me")).json()["extension"] == "agent-003"
    with pytest.raises(BadInput):
        commands.add(console.engine, console.settings, "cira", "Again", "agent", PASSWORD, {}, phone=True)
    with pytest.raises(BadInput):
        commands.read_skills(["language:fr=9"])
    with pytest.raises(BadInput):
        auth.hash_password("short")


def test_production_refuses_sample_accounts(console: ConsoleHouse) -> None:
    with session_scope(console.engine) as session:
        session.add(Account(username="demo", password_hash="x", role="agent", name="Demo", active=True, sample=True))
    production = console.settings.model_copy(update={"mode": "production"})
    with pytest.raises(SettingsMistake):
        refuse_samples(console.engine, production)
