"""Callbacks on the wire: what Asterisk is told, what it tells, and nothing that breaks out of a line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from router_drill import START

from contact_centre.channel_vars import Var
from queue_manager import events as e
from queue_manager.ami_inbound import Inbound
from queue_manager.ami_link import FORGETTABLE
from queue_manager.ami_outbound import actions, originate
from queue_manager.callback_commands import DialCallback, KeepPlace, OfferCallback, RefuseCallback
from queue_manager.callback_events import CallbackFailed, CallbackWanted
from queue_manager.commands import TurnAway

DIAL = DialCallback(
    "c-1", "callback-run-7", 4, 30, "sw", "travel", frozenset({"language:sw", "agency:immigration"}), 2, "immigration",
    None, START,
)  # fmt: skip
EVIL = "x\r\nAction: Command\r\n\r\n${SHELL(id)},CC_STATE=connected\x00;\"'" + "a" * 5000


def test_the_citizen_is_called_into_one_context_with_everything_the_call_is_known_by() -> None:
    action = originate(DIAL, "0712345678", "1919")
    assert action["Channel"] == "PJSIP/0712345678@trunk"
    assert (action["Context"], action["Exten"], action["Timeout"]) == ("callback", "s", "30000")
    assert action["ChannelId"] == action["ActionID"] == DIAL.attempt_id
    assert not {"Application", "Data"} & set(action)
    known = dict(one.split("=", 1) for one in action["Variable"].split(","))
    assert known[Var.CALL_ID] == "c-1"
    assert known[Var.CALLBACK_ID] == DIAL.attempt_id
    assert float(known[Var.WAITING_SINCE]) == START.timestamp()
    assert set(known[Var.SKILLS].split("|")) == DIAL.skills
    assert "0712345678" not in action["Variable"], "no variable holds the number"
    assert action["Action"].lower() in FORGETTABLE, "never sent again by itself"


@given(st.text(max_size=60))
def test_whatever_the_number_is_only_digits_reach_the_channels_name(number: str) -> None:
    channel = originate(DIAL, number, number)["Channel"]
    assert set(channel.removeprefix("PJSIP/").removesuffix("@trunk")) <= set("+0123456789")


def test_nothing_breaks_out_of_a_line_or_of_a_variable() -> None:
    evil = replace(
        DIAL, call_id=EVIL, attempt_id=EVIL, queue=EVIL, skills=frozenset({EVIL}), agency=EVIL, language=EVIL
    )
    action = originate(evil, EVIL, EVIL)
    for name, value in action.items():
        assert not set(value) & set("\r\n\x00;\"'{}*"), name
    assert len(action["Variable"].split(",")) == len(originate(DIAL, "0712345678", "1919")["Variable"].split(","))


@pytest.mark.parametrize(
    ("command", "value", "context"),
    [
        (OfferCallback("c", "PJSIP/trunk-1"), "offer", None),
        (KeepPlace("c", "PJSIP/trunk-1"), "kept", "callback-kept"),
        (RefuseCallback("c", "PJSIP/trunk-1", "too_often"), "too-often", None),
        (TurnAway("c", "PJSIP/trunk-1", "full", callback=True), "offer", "turned-away"),
    ],
)
def test_the_caller_is_told_by_one_variable(command: object, value: str, context: str | None) -> None:
    made = actions(command)  # type: ignore[arg-type]
    assert [a["Value"] for a in made if a.get("Variable") == Var.CALLBACK] == [value]
    assert [a["Context"] for a in made if a["Action"] == "Redirect"] == ([context] if context else [])


def asked(**changes: str) -> object:
    message = {
        "event": "UserEvent", "userevent": "CallbackAsked", "callid": "c-1", "channel": "PJSIP/trunk-1",
        "uniqueid": "1.1", "calleridnum": "0712345678", "number": "0712345679", "chanvariable": "CC_QUEUE=travel",
    }  # fmt: skip
    return Inbound().read(message | changes)


def test_who_asks_is_read_with_the_number_they_confirmed_and_it_is_in_no_text() -> None:
    event = asked()
    assert isinstance(event, CallbackWanted)
    assert (event.number, event.caller, event.wish.queue) == ("0712345679", "0712345678", "travel")
    assert "07123" not in repr(event)
    assert asked(number="") == CallbackWanted("c-1", "PJSIP/trunk-1", "1.1", event.wish, "0712345678", "0712345678")
    assert asked(callid="x\r\ny") is None


def ended(state: str = "callback", stands: str = "", cause: str = "16") -> e.Event | CallbackWanted | None:
    variables = ["CC_LEG=caller", "CC_CALL_ID=c-1", "CC_CALLBACK_ID=callback-1", f"CC_STATE={state}"]
    variables += [f"CC_CALLBACK={stands}"] if stands else []
    return Inbound().read({"event": "Hangup", "uniqueid": "callback-1", "cause": cause, "chanvariable": variables})


@pytest.mark.parametrize(
    ("stands", "cause", "reason"),
    [
        ("", "17", "busy"), ("", "21", "busy"), ("", "19", "no_answer"), ("", "0", "no_answer"),
        ("", "1", "unreachable"),
        ("", "34", "unreachable"), ("", "nonsense", "no_answer"), ("answered", "16", "not_taken"),
        ("answered", "17", "not_taken"), ("declined", "16", "declined"), ("taken", "16", "left"),
    ],
)  # fmt: skip
def test_how_an_attempt_ended_is_read_from_where_it_was_and_its_cause(stands: str, cause: str, reason: str) -> None:
    event = ended(stands=stands, cause=cause)
    assert event == CallbackFailed("c-1", "callback-1", reason)  # type: ignore[arg-type]


def test_who_was_reached_and_hangs_up_is_a_caller_who_leaves() -> None:
    assert ended(state="waiting", stands="taken") == e.CallerLeft("c-1", "callback-1", 16)
