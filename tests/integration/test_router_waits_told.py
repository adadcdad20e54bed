"""A caller on a real Asterisk hears how long it will probably take; what is not known is not said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from manager_line import ManagerLine
from routed_house import agent_phone, calls_in, facts_of, house_with_agents, make_ready, routing, until
from running_asterisk import RunningAsterisk, house, start_carrier, start_centre
from sqlalchemy import Engine
from subscriber import calling
from test_asterisk_audio import TONES, first_heard, read_wav, write_tone

from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal
from queue_manager.expected_wait import LEAST_TALKS

ENGLISH = {"language:en": 3}
TALK_S = 230


@pytest.fixture(scope="module")
def speaking(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAsterisk]:
    settings = house(tmp_path_factory.mktemp("waits"), music_slice_s=2)
    for name, hertz in TONES.items():
        write_tone(settings.data_dir / "prompts" / f"{name}.wav", hertz)
    with start_centre(settings) as centre, start_carrier(settings):
        yield centre


def earlier_calls(engine: Engine, directory: Path, count: int) -> None:
    """Conversations of yesterday, each as long as the other."""
    at, facts = datetime.now(UTC) - timedelta(days=1), []
    for i in range(count):
        call = f"earlier-{i}"
        for kind, after_s, payload in (
            (Kind.CALL_WAITING, 0, {"queue": "general", "language": "en", "skills": [], "priority": 0}),
            (Kind.CALL_OFFERED, 0, {"offer_id": call, "queue": "general", "eligible": [1], "decided_by": "only_one"}),
            (Kind.CALL_CONNECTED, 2, {"offer_id": call}),
            (Kind.CALL_ENDED, TALK_S, {"by": "caller", "cause": 16}),
        ):
            at += timedelta(seconds=after_s)
            facts.append(Fact(kind, at, call, 1 if kind in (Kind.CALL_OFFERED, Kind.CALL_CONNECTED) else None, payload))
    assert Journal(engine, directory / "spool").append(*facts)


@pytest.mark.parametrize("seen", [LEAST_TALKS, LEAST_TALKS - 1])
async def test_who_waits_behind_a_call_is_told_how_long_when_it_is_known(
    seen: int, speaking: RunningAsterisk, tmp_path: Path
) -> None:
    settings, secrets = speaking.settings, speaking.settings.secrets
    engine = house_with_agents(settings, f"waits_{seen}", a1=ENGLISH)
    earlier_calls(engine, tmp_path, seen)
    async with (
        ManagerLine.to(settings.carrier_manager_port, "carrier", secrets["carrier"]) as carrier,
        ManagerLine.to(settings.manager_port, "huduma", secrets["manager"]) as centre,
        routing(settings, engine) as runner,
        agent_phone(runner, settings, 1) as phone,
        calling(carrier, settings.prefixes[0]),
    ):
        await make_ready(runner, 1)
        phone.answer(await phone.invited())
        await until(runner, lambda view: calls_in(view, "connected"))
        mark = len(centre.events)
        async with calling(carrier, settings.prefixes[0], heard=tmp_path / "heard.wav") as citizen:
            first = await centre.user_event("CallWaiting", since=mark)
            call_id = first.get("CallId")
            for _ in range(3):  # three slices of music: whatever there is to say was said
                mark = len(centre.events)
                await centre.user_event("CallWaiting", since=mark, CallId=call_id)
            await citizen.hang_up()
            await carrier.user_event("LineRecorded", LineId=citizen.line_id)
    heard = read_wav(tmp_path / "heard.wav")
    told = [first_heard(heard, TONES[name]) for name in ("en/wait-from-3", "en/wait-to-5")]
    promises = facts_of(engine, call_id, Kind.WAIT_PROMISED)
    if seen < LEAST_TALKS:
        assert (told, promises) == ([None, None], [])
    else:
        assert None not in told
        assert told == sorted(told, key=lambda moment: moment or 0.0)
        assert [(p["low_min"], p["high_min"], p["longer"]) for p in promises] == [(3, 5, False)]
