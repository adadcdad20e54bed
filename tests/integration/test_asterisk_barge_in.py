"""A key stops what the dialplan says, loses nobody's place, and leads nowhere but where the words say it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from citizen import tone_shares
from manager_line import ManagerLine, Message
from running_asterisk import RunningAsterisk, house, start_carrier, start_centre
from subscriber import Subscriber, calling
from test_asterisk_audio import write_tone

from demonstration import sound_files

LONG_S = 30.0
"""Nobody hears one of these prompts to its end within a test's patience (s)."""
PATIENCE_S = 15.0
PROMPTS = {"en/apology": 440.0, "sw/apology": 560.0, "en/position-1": 680.0, "en/wait-under-10": 800.0}
SHORT = {"en/callback-confirm": 920.0, "en/goodbye": 1040.0, "en/turned-away-late": 1120.0}


@pytest.fixture(scope="module")
def spoken(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAsterisk]:
    settings = house(tmp_path_factory.mktemp("barge-in"), music_slice_s=2, recording=False)
    for prompts, seconds in ((PROMPTS, LONG_S), (SHORT, 1.5)):
        for name, hertz in prompts.items():
            write_tone(settings.data_dir / "prompts" / f"{name}.wav", hertz, seconds)
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


async def hears(heard: Path, hertz: float) -> None:
    """Wait until the caller hears this tone, from now on."""
    recording = sound_files.Growing(heard)
    recording.more()
    async with asyncio.timeout(PATIENCE_S):
        while max(tone_shares(recording.more(), hertz, 0.25), default=0.0) < 0.8:  # noqa: ASYNC110 - a file tells nothing
            await asyncio.sleep(0.5)


async def in_line(centre: ManagerLine, citizen: Subscriber, heard: Path) -> Message:
    """Past both apologies by a key each, to the first music."""
    for prompt in ("en/apology", "sw/apology"):
        await hears(heard, PROMPTS[prompt])
        await citizen.press("7")
    return await centre.user_event("CallWaiting", timeout_s=PATIENCE_S)


async def tell(centre: ManagerLine, waiting: Message, **variables: str) -> None:
    for name, value in variables.items():
        await centre.send(Action="Setvar", Channel=waiting.get("Channel"), Variable=name, Value=value)


async def test_a_key_stops_the_apology_and_the_place_in_line_which_is_kept(
    lines: tuple[ManagerLine, ManagerLine], tmp_path: Path
) -> None:
    centre, carrier = lines
    heard = tmp_path / "heard.wav"
    async with calling(carrier, "1919", heard=heard) as citizen:
        waiting = await in_line(centre, citizen, heard)
        await tell(centre, waiting, CC_POSITION="1", CC_EXPECTED_WAIT="0-10-0")
        await hears(heard, PROMPTS["en/position-1"])
        since = len(centre.events)
        await citizen.press("1")  # nothing was offered: it stops the words, those of the expected wait too, and no more
        again = await centre.user_event("CallWaiting", timeout_s=PATIENCE_S, since=since)
        assert (again.get("CallId"), again.get("Channel")) == (waiting.get("CallId"), waiting.get("Channel"))
        assert again.variables["CC_WAITING_SINCE"] == waiting.variables["CC_WAITING_SINCE"]
        assert again.variables["CC_STATE"] == "waiting"
        await tell(centre, waiting, CC_POSITION="0", CC_EXPECTED_WAIT="0-10-0")
        await hears(heard, PROMPTS["en/wait-under-10"])
        since = len(centre.events)
        await citizen.press("5")
        await centre.user_event("CallWaiting", timeout_s=PATIENCE_S, since=since)


async def test_who_was_offered_a_callback_may_ask_for_it_over_the_place_in_line(
    lines: tuple[ManagerLine, ManagerLine], tmp_path: Path
) -> None:
    centre, carrier = lines
    heard = tmp_path / "heard.wav"
    async with calling(carrier, "1919", caller="0712345678", heard=heard) as citizen:
        waiting = await in_line(centre, citizen, heard)
        await tell(centre, waiting, CC_CALLBACK="offered", CC_POSITION="1")
        await hears(heard, PROMPTS["en/position-1"])
        await citizen.press("1")
        await hears(heard, SHORT["en/callback-confirm"])
        await citizen.press("1")
        asked = await centre.user_event("CallbackAsked", CallId=waiting.get("CallId"))
        assert asked.get("Number") == "0712345678"


async def test_a_caller_who_is_offered_to_an_agent_is_taken_out_of_the_words(
    lines: tuple[ManagerLine, ManagerLine], tmp_path: Path
) -> None:
    centre, carrier = lines
    heard = tmp_path / "heard.wav"
    async with calling(carrier, "1919", heard=heard) as citizen:
        waiting = await in_line(centre, citizen, heard)
        await tell(centre, waiting, CC_POSITION="1", CC_OFFER_ID="o-1", CC_OFFER_AGENT="agent-001", CC_RING_S="5")
        await hears(heard, PROMPTS["en/position-1"])
        await centre.send(Action="Redirect", Channel=waiting.get("Channel"), Context="offer", Exten="s", Priority="1")
        await centre.user_event("OfferStarted", OfferId="o-1")
        failed = await centre.user_event("OfferFailed", OfferId="o-1")
        assert failed.get("Reason") == "CHANUNAVAIL", "nobody is registered there: back in line"
        await centre.user_event("CallWaiting", since=centre.events.index(failed))


async def test_the_last_words_are_heard_whole(lines: tuple[ManagerLine, ManagerLine], tmp_path: Path) -> None:
    centre, carrier = lines
    heard = tmp_path / "heard.wav"
    async with calling(carrier, "1919", heard=heard) as citizen:
        waiting = await in_line(centre, citizen, heard)
        await tell(centre, waiting, CC_TURNED_AWAY="late")
        await centre.send(
            Action="Redirect", Channel=waiting.get("Channel"), Context="turned-away", Exten="s", Priority="1"
        )
        while not citizen_gone(carrier, citizen):
            await citizen.press("1")
        await carrier.user_event("LineRecorded", LineId=citizen.line_id)
    shares = tone_shares(sound_files.read(heard), SHORT["en/goodbye"], 0.25)
    assert sum(share > 0.8 for share in shares) * 0.125 > 0.9, "a second and a half, less what a press of a key takes"


def citizen_gone(carrier: ManagerLine, citizen: Subscriber) -> bool:
    """Whether the line has ended."""
    return any(m.get("Event") == "Hangup" and m.get("Channel") == citizen.channel for m in carrier.events)
