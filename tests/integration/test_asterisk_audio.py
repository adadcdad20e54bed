"""What the citizen hears and what is recorded: each prompt is a tone of its own, found again in real audio."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from manager_line import ManagerLine
from running_asterisk import RunningAsterisk, house, start_carrier, start_centre
from subscriber import WITHHELD, calling
from udp_phone import UdpPhone

from asterisk_conf import credentials

RATE = 8000
TONES = {
    "en/apology": 440.0,
    "sw/apology": 560.0,
    "en/recording-notice": 680.0,
    "en/recording-refused": 800.0,
    "en/position-3": 920.0,
    "en/position-many": 1040.0,
    "en/wait-from-3": 1120.0,
    "en/wait-to-5": 1200.0,
    "en/wait-longer": 1360.0,
    "en/wait-over-60": 1440.0,
    "en/wait-under-10": 1520.0,
    "sw/wait-from-3": 1640.0,
    "sw/wait-to-5": 1760.0,
    "sw/wait-longer": 1880.0,
    "sw/wait-over-60": 2000.0,
    "sw/wait-under-10": 2120.0,
}
WAITS = ("wait-under-10", "wait-longer", "wait-from-3", "wait-to-5", "wait-over-60")
"""In the order in which they are told here."""
SPEECH = 1300.0
PASSWORD = "a-password-of-one-sign-in"


def write_tone(path: Path, hertz: float, seconds: float = 0.5) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = (np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE) * 12000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


def read_wav(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def complete(path: Path) -> bool:
    """Whether the header's length was written, which MixMonitor does when it closes the file."""
    return path.exists() and len(header := path.read_bytes()[:44]) == 44 and any(header[40:44])


def first_heard(samples: np.ndarray, hertz: float) -> float | None:
    """When a tone begins (s), by the share of a 40 ms window's energy that it holds; None when it does not occur."""
    window = 320
    turn = np.exp(-2j * np.pi * hertz * np.arange(window) / RATE)
    for start in range(0, len(samples) - window, window):
        part = samples[start : start + window]
        power = float(np.sum(part**2))
        if power > window * 500**2 and abs(np.dot(part, turn)) ** 2 * 2 / window > 0.8 * power:
            return start / RATE
    return None


@pytest.fixture(scope="module")
def spoken(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAsterisk]:
    settings = house(tmp_path_factory.mktemp("spoken"), music_slice_s=2)
    for name, hertz in TONES.items():
        write_tone(settings.data_dir / "prompts" / f"{name}.wav", hertz)
    with start_centre(settings) as centre, start_carrier(settings):
        yield centre


@pytest.fixture
async def lines(spoken: RunningAsterisk) -> AsyncIterator[tuple[ManagerLine, ManagerLine]]:
    settings = spoken.settings
    async with (
        ManagerLine.to(settings.manager_port, "huduma", settings.secrets["manager"]) as centre,
        ManagerLine.to(settings.carrier_manager_port, "carrier", settings.secrets["carrier"]) as carrier,
    ):
        yield centre, carrier


@asynccontextmanager
async def agent(manager: ManagerLine, port: int) -> AsyncIterator[UdpPhone]:
    async with UdpPhone.plugged_in("agent-001", port) as phone:
        for action in credentials.let_in("agent-001", PASSWORD):
            await manager.send(**action)
        assert await phone.register(PASSWORD) == 200
        yield phone


async def test_the_caller_hears_the_apology_in_both_languages_then_the_notice_then_the_place(
    lines: tuple[ManagerLine, ManagerLine], tmp_path: Path
) -> None:
    centre, carrier = lines
    async with calling(carrier, "1919", heard=tmp_path / "heard.wav") as citizen:
        waiting = await centre.user_event("CallWaiting")
        assert waiting.variables["CC_RECORDING"] == "armed"
        mark = len(centre.events)
        await centre.send(Action="Setvar", Channel=waiting.get("Channel"), Variable="CC_POSITION", Value="3")
        await centre.user_event("CallWaiting", since=mark)
        await centre.send(Action="Setvar", Channel=waiting.get("Channel"), Variable="CC_POSITION", Value="21")
        mark = len(centre.events)
        await centre.user_event("CallWaiting", since=mark)
        await citizen.hang_up()
        await carrier.user_event("LineRecorded", LineId=citizen.line_id)
    heard = read_wav(tmp_path / "heard.wav")
    order = ["en/apology", "sw/apology", "en/recording-notice", "en/position-3", "en/position-many"]
    moments = [first_heard(heard, TONES[name]) for name in order]
    assert None not in moments, dict(zip(order, moments, strict=True))
    assert moments == sorted(moments, key=lambda moment: moment or 0.0)


@pytest.mark.parametrize("language", ["en", "sw"])
async def test_each_expected_wait_is_told_once_in_its_words(
    language: str, lines: tuple[ManagerLine, ManagerLine], tmp_path: Path
) -> None:
    centre, carrier = lines
    async with calling(carrier, "1919", heard=tmp_path / "heard.wav") as citizen:
        waiting = await centre.user_event("CallWaiting")
        await centre.send(Action="Setvar", Channel=waiting.get("Channel"), Variable="CC_LANG", Value=language)
        for value in ("0-10-0", "3-5-1", "60-0-0"):
            mark = len(centre.events)
            name = "CC_EXPECTED_WAIT"
            await centre.send(Action="Setvar", Channel=waiting.get("Channel"), Variable=name, Value=value)
            again = await centre.user_event("CallWaiting", since=mark)
            assert name not in again.variables or not again.variables[name]
        await citizen.hang_up()
        await carrier.user_event("LineRecorded", LineId=citizen.line_id)
    heard = read_wav(tmp_path / "heard.wav")
    order = [f"{language}/{name}" for name in WAITS]
    moments = [first_heard(heard, TONES[name]) for name in order]
    assert None not in moments, dict(zip(order, moments, strict=True))
    assert moments == sorted(moments, key=lambda moment: moment or 0.0)
    other = [first_heard(heard, TONES[f"{'sw' if language == 'en' else 'en'}/{name}"]) for name in WAITS]
    assert other == [None] * len(WAITS), "in the caller's language alone"


@pytest.mark.parametrize("key", ["2", "*"])
async def test_a_caller_may_refuse_the_recording(
    key: str, lines: tuple[ManagerLine, ManagerLine], tmp_path: Path, spoken: RunningAsterisk
) -> None:
    centre, carrier = lines
    async with calling(carrier, "1919", heard=tmp_path / "heard.wav") as citizen:
        await centre.user_event("CallFailed")
        while not (waiting := next((m for m in centre.events if m.is_user_event("CallWaiting")), None)):
            await citizen.press(key)  # as somebody does who is not sure when to
        assert waiting.variables["CC_RECORDING"] == "refused"
        await citizen.hang_up()
        await carrier.user_event("LineRecorded", LineId=citizen.line_id)
    assert first_heard(read_wav(tmp_path / "heard.wav"), TONES["en/recording-refused"]) is not None
    live = spoken.settings.data_dir / "recordings" / "live"
    assert not list(live.glob(f"{waiting.get('CallId')}*"))


async def test_only_what_is_said_to_an_agent_is_recorded_over_a_lost_leg_too(
    lines: tuple[ManagerLine, ManagerLine], tmp_path: Path, spoken: RunningAsterisk
) -> None:
    centre, carrier = lines
    write_tone(tmp_path / "speech.wav", SPEECH, 1.0)
    async with calling(carrier, "1919") as citizen, agent(centre, spoken.settings.sip_port) as phone:
        waiting = await centre.user_event("CallWaiting")
        for name, value in (("CC_OFFER_ID", "o-1"), ("CC_OFFER_AGENT", "agent-001"), ("CC_RING_S", "5")):
            await centre.send(Action="Setvar", Channel=waiting.get("Channel"), Variable=name, Value=value)
        await centre.send(Action="Redirect", Channel=waiting.get("Channel"), Context="offer", Exten="s", Priority="1")
        for _ in range(2):
            mark = len(centre.events)
            invite = await phone.invited()
            phone.answer(invite)
            await centre.wait_for(
                lambda m: m.get("Event") == "BridgeEnter" and m.variables.get("CC_LEG") == "caller", since=mark
            )
            said = len(carrier.events)
            await citizen.say(tmp_path / "speech")
            await carrier.user_event("LineSaid", LineId=citizen.line_id, Status="SUCCESS", since=said)
            await phone.hang_up(invite)
            phone.received.clear()
        await citizen.hang_up()
    live = spoken.settings.data_dir / "recordings" / "live"
    files = [live / f"{waiting.get('CallId')}{part}.wav" for part in ("", "-caller", "-agent")]
    async with asyncio.timeout(5):
        while not all(complete(path) for path in files):  # noqa: ASYNC110 - no event tells of a file's last byte
            await asyncio.sleep(0.02)
    mix, caller, other = (read_wav(path) for path in files)
    assert first_heard(caller, SPEECH) is not None
    assert first_heard(other, SPEECH) is None
    assert first_heard(mix, SPEECH) is not None
    assert all(first_heard(mix, hertz) is None for hertz in TONES.values()), "prompts are not in the recording"
    assert 1.8 < len(caller) / RATE < 4.5


async def test_a_withheld_number_stays_withheld(lines: tuple[ManagerLine, ManagerLine]) -> None:
    centre, carrier = lines
    async with calling(carrier, "1919", caller=WITHHELD):
        entered = await centre.user_event("CallEntered")
    assert entered.get("CallerIDNum") in ("", "<unknown>")


async def test_a_number_that_is_shown_is_shown(lines: tuple[ManagerLine, ManagerLine]) -> None:
    centre, carrier = lines
    async with calling(carrier, "1919", caller="0722000111"):
        entered = await centre.user_event("CallEntered")
    assert entered.get("CallerIDNum") == "0722000111"
