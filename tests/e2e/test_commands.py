"""`huduma call` and `huduma simulate`, as people type them, against the running house."""

from __future__ import annotations

import asyncio
import re
import signal
import sys

import numpy as np
import pytest
import soundfile
from running_asterisk import as_environment
from running_house import RunningHouse

from contact_centre.database import read_scope
from contact_centre.facts import Kind
from contact_centre.settings import PROJECT_ROOT
from demonstration.listening import QUIET, loudness
from recordings import access, naming

pytestmark = pytest.mark.timeout(400)


async def typed(huduma: RunningHouse, words: str) -> asyncio.subprocess.Process:
    """Start `huduma …` beside the running house."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "contact_centre.cli", *words.split()),
        cwd=PROJECT_ROOT,
        env=as_environment(huduma.settings) | {"COLUMNS": "400"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_call_from_the_terminal_shows_what_is_played_and_pressed(huduma: RunningHouse) -> None:
    begun = huduma.position()
    call = await typed(huduma, "call 1919 --keys 1,2 --pause 5 --wait 4")
    out, errors = (part.decode() for part in await asyncio.wait_for(call.communicate(), 90))
    assert (call.returncode, errors) == (0, "")
    assert re.match(r" +0:00\.0 +☎ +dialling 1919\n +0:00\.\d +☎ +answered\n", out)
    played = re.findall(r"▶ +“.+” \((\w\w/[\w-]+)\)", out)
    assert played[0] == "en/welcome"
    assert "en/menu-main" in played, "what 1 leads to: the menu in English"
    assert re.findall(r"⌨ +(\S+)", out) == ["1", "2"]
    assert out.splitlines()[-1].endswith("☎  ended by us")
    chosen = await huduma.fact(Kind.LANGUAGE_CHOSEN, begun, language="en")
    assert len([one for one in huduma.facts(begun, chosen.fact.call_id) if one.fact.kind is Kind.MENU_VISITED]) >= 2
    assert not list((huduma.settings.data_dir / "carrier" / "heard").glob("line-*.wav")), "nothing of it is kept"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("call 1919 --keys 1,x", "--keys: 'x' is not on a telephone's keypad"),
        ("call 0712000000", "the call was not answered"),
        ("call 19;19", "a telephone number is digits"),
        ("simulate --calls-per-minute 0", "--calls-per-minute is more than 0"),
        ("simulate --agents 99", "--agents is 0 to 12"),
        ("sing", "there is no command 'sing'"),
    ],
)
async def test_what_cannot_be_done_is_one_clear_line(words: str, reason: str, huduma: RunningHouse) -> None:
    command = await typed(huduma, words)
    _, errors = (part.decode() for part in await asyncio.wait_for(command.communicate(), 60))
    assert command.returncode != 0
    assert len(errors.splitlines()) == 1
    assert errors.startswith("huduma: ")
    assert reason in errors


async def test_simulated_agents_take_the_calls_of_simulated_citizens(huduma: RunningHouse) -> None:
    begun = huduma.position()
    simulation = await typed(huduma, "simulate --calls-per-minute 40 --agents 2 --talk 3 --minutes 3")
    try:
        await huduma.fact(Kind.AGENT_READY, begun, timeout_s=60)
        connected = await huduma.fact(Kind.CALL_CONNECTED, begun, timeout_s=90)
        call_id = connected.fact.call_id
        assert call_id
        await huduma.fact(Kind.DISPOSITION_SAVED, begun, call_id, timeout_s=90)
        await huduma.fact(Kind.RECORDING_ARCHIVED, begun, call_id)
    finally:
        if simulation.returncode is None:
            simulation.send_signal(signal.SIGINT)
        _, errors = await asyncio.wait_for(simulation.communicate(), 60)
    assert (simulation.returncode, errors.decode()) == (0, "")
    facts = [one.fact for one in huduma.facts(begun)]
    came, went = (
        {fact.agent_id for fact in facts if fact.kind is kind} for kind in (Kind.AGENT_SIGNED_IN, Kind.AGENT_SIGNED_OUT)
    )
    assert came, "two, unless the second was still on the way"
    assert went == came
    with read_scope(huduma.engine) as session:
        recording = access.find(session, call_id, naming.archive_dir(huduma.settings.data_dir))
    assert recording is not None
    both, _ = soundfile.read(recording, dtype="int16", always_2d=True)
    assert loudness(both[:, 1].astype(np.float32)) > QUIET, "the citizen heard the agent speak"
