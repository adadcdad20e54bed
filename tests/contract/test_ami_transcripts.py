"""What a real Asterisk said, read by our code: recorded by `record_transcripts.py`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from panoramisk.message import Message as PanoramiskMessage
from router_drill import Drill

from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager.ami_inbound import Inbound, Message
from queue_manager.snapshot import SnapshotReader

TRANSCRIPTS = Path(__file__).resolve().parent / "transcripts"


def messages(name: str) -> list[Message]:
    """The messages of a transcript, taken apart by panoramisk as in the house."""
    found = []
    for raw in (TRANSCRIPTS / f"{name}.txt").read_bytes().decode("latin-1").split("\r\n\r\n"):
        message = PanoramiskMessage.from_line(raw.strip())
        if message is not None:
            found.append({str(key).lower(): value for key, value in message.items()})
    return found


def events(name: str) -> list[e.Event]:
    inbound = Inbound()
    found = [event for message in messages(name) if (event := inbound.read(message)) is not None]
    assert not inbound.refused
    return found


def kinds(name: str) -> list[str]:
    return [type(event).__name__ for event in events(name)]


def test_a_call_that_is_answered() -> None:
    assert [kind for kind in kinds("answered") if not kind.startswith("Phone")] == [
        "CallEntered", "CallFailed", "CallWaiting", "OfferStarted", "OfferAnswered", "LegEnded", "CallerLeft",
    ]  # fmt: skip
    answered = next(event for event in events("answered") if isinstance(event, e.OfferAnswered))
    ended = next(event for event in events("answered") if isinstance(event, e.LegEnded))
    assert answered.channel == ended.channel
    assert answered.channel.startswith(f"PJSIP/{ended.endpoint}-")
    assert {"PhoneRegistered", "PhoneUnregistered"} <= set(kinds("answered"))
    waiting = next(event for event in events("answered") if isinstance(event, e.CallWaiting))
    assert waiting.wish.skills == {"language:en"}
    assert waiting.wish.queue == "general"
    assert waiting.wish.waiting_since is not None
    assert waiting.channel.startswith("PJSIP/trunk-")


def test_a_busy_agent_sends_the_call_back() -> None:
    assert kinds("busy")[:6] == [
        "CallEntered", "CallFailed", "CallWaiting", "OfferStarted", "OfferFailed", "CallWaiting",
    ]  # fmt: skip
    failed = next(event for event in events("busy") if isinstance(event, e.OfferFailed))
    assert failed.reason == "busy"


def test_an_agent_who_is_lost_and_comes_back() -> None:
    mine = [type(event).__name__ for event in events("rejoin") if getattr(event, "call_id", "") == first_call("rejoin")]
    assert mine == [
        "CallEntered", "CallFailed", "CallWaiting", "OfferStarted", "OfferAnswered", "LegEnded", "AgentLost",
        "OfferAnswered", "CallerLeft", "LegEnded",
    ]  # fmt: skip


def first_call(name: str) -> str:
    return next(event.call_id for event in events(name) if isinstance(event, e.CallEntered))


def test_a_snapshot_of_a_call_that_talks_and_one_that_waits() -> None:
    reader = SnapshotReader()
    taken = [snapshot for message in messages("snapshot") if (snapshot := reader.read(message)) is not None]
    assert len(taken) == 1
    assert Counter(call.state for call in taken[0].calls) == {CallState.CONNECTED: 1, CallState.WAITING: 1}
    assert set(taken[0].contacts) == {"agent-002"}
    talking = next(call for call in taken[0].calls if call.state is CallState.CONNECTED)
    assert talking.endpoint == "agent-002"
    assert talking.offer_id


@pytest.mark.parametrize("name", ["answered", "busy", "rejoin"])
def test_replayed_twice_a_transcript_changes_nothing_more(name: str) -> None:
    drill = Drill({1: {"language:en": 3}})
    for _ in range(2):
        for event in events(name):
            drill.hear(event)
    assert drill.router.view(drill.now).calls == ()
    assert drill.offers() == []
    ends = Counter(fact.call_id for fact in drill.facts() if fact.kind == "CallEnded")
    assert set(ends.values()) == {1}


def test_nothing_personal_is_kept_in_the_transcripts() -> None:
    for path in TRANSCRIPTS.glob("*.txt"):
        assert "0712345678" not in path.read_text()
