"""AMI messages are hostile until checked: wrong fields cost a field, a missing identity costs the message."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from queue_manager import events as e
from queue_manager.ami_inbound import READERS, USER_EVENTS, Inbound, Message
from queue_manager.snapshot import SnapshotReader

GOOD: dict[str, str | list[str]] = {
    "event": "UserEvent", "userevent": "CallWaiting", "callid": "c-1", "channel": "PJSIP/trunk-1", "uniqueid": "1.1",
    "chanvariable": [
        "CC_LANG=sw", "CC_QUEUE=travel", "CC_SKILLS=language:sw|agency:immigration", "CC_PRIORITY=2",
        "CC_WAITING_SINCE=1700000000.5", "CC_AGENCY=immigration", "CC_SERVICE=passport",
        "CC_RECORDING=refused",
    ],
}  # fmt: skip


def waiting(**changes: str | list[str]) -> e.CallWaiting:
    event = Inbound().read(GOOD | changes)
    assert isinstance(event, e.CallWaiting)
    return event


def test_a_whole_wish() -> None:
    wish = waiting().wish
    assert (wish.language, wish.queue, wish.priority, wish.agency, wish.service) == (
        "sw", "travel", 2, "immigration", "passport",
    )  # fmt: skip
    assert wish.skills == {"language:sw", "agency:immigration"}
    assert wish.recording == "refused"
    assert wish.waiting_since is not None
    assert wish.waiting_since.timestamp() == 1700000000.5


@pytest.mark.parametrize(
    "variables",
    [[], ["CC_LANG=fr", "CC_QUEUE=${EVIL}", "CC_SKILLS=;rm|x", "CC_PRIORITY=-1", "CC_WAITING_SINCE=soon"],
     ["CC_QUEUE=" + "q" * 4096, "CC_SKILLS=" + "language:en|" * 500, "CC_PRIORITY=" + "9" * 400],
     ["CC_WAITING_SINCE=99999999999", "CC_QUEUE=a\x00b", "novalue", "=", ""], "CC_LANG=en"],
)  # fmt: skip
def test_a_caller_is_not_lost_for_a_field_that_is_wrong(variables: str | list[str]) -> None:
    wish = waiting(chanvariable=variables).wish
    assert wish.queue == "general"
    assert wish.skills == {"language:en"}
    assert wish.priority == 0
    assert wish.recording is None


@pytest.mark.parametrize("name", ["callid", "channel", "uniqueid"])
@pytest.mark.parametrize("value", ["", "a b", "x\r\nAction: Originate", "é", "${X}", "a" * 4096, "';--"])
def test_without_an_identity_a_message_is_refused_and_counted(name: str, value: str) -> None:
    inbound = Inbound()
    assert inbound.read(GOOD | {name: value}) is None
    assert inbound.refused["CallWaiting"] == 1


def test_the_end_of_other_channels_is_not_the_end_of_a_call() -> None:
    hangup: Message = {"event": "Hangup", "uniqueid": "1.1", "chanvariable": ["CC_LEG=agent", "CC_CALL_ID=c-1"]}
    assert Inbound().read(hangup) is None
    assert Inbound().read({**hangup, "chanvariable": ["CC_LEG=caller", "CC_CALL_ID=c-1"]}) == e.CallerLeft("c-1", "1.1")


@pytest.mark.parametrize("channel", ["PJSIP/agent-007-0000000a", "PJSIP/trunk-0000000a", "Local/agent-007-1", ""])
def test_only_an_agents_phone_holds(channel: str) -> None:
    event = Inbound().read({"event": "Hold", "channel": channel})
    assert event == (e.AgentHeld("agent-007") if "PJSIP/agent" in channel else None)


WORDS = st.one_of(st.text(max_size=40), st.sampled_from(["c-1", "PJSIP/trunk-1", "1.1", "agent-001", "Removed"]))
VARIABLES = st.sampled_from(["CC_CALL_ID", "CC_LEG", "CC_STATE", "CC_SKILLS", "CC_WAITING_SINCE", "CC_PRIORITY", "X"])
HEADERS = st.dictionaries(
    st.sampled_from(["callid", "channel", "uniqueid", "offerid", "chanvariable", "reason", "endpointname", "uri",
                     "contactstatus", "cause", "endpoint", "status", "aor"]),
    st.one_of(WORDS, st.lists(st.builds("{}={}".format, VARIABLES, WORDS), max_size=6)),
)  # fmt: skip
NAMES = st.sampled_from([*READERS, *USER_EVENTS, "CoreShowChannel", "ContactList", "CoreShowChannelsComplete", "Other"])


@given(NAMES, HEADERS)
@example("CitizenJoined", {"callid": "0", "offerid": "0"})
def test_whatever_comes_is_an_event_or_nothing(name: str, headers: dict[str, str | list[str]]) -> None:
    message: dict[str, str | list[str]] = dict(headers)
    if name in USER_EVENTS:
        message |= {"event": "UserEvent", "userevent": name}
    else:
        message["event"] = name
    event = Inbound().read(message)
    assert event is None or isinstance(event, e.Event)
    SnapshotReader().read(message)


def test_a_channel_that_hangs_up_while_the_list_is_read_is_left_out() -> None:
    reader = SnapshotReader()
    shown: Message = {
        "event": "CoreShowChannel", "channel": "PJSIP/trunk-1", "uniqueid": "1.1",
        "chanvariable": ["CC_LEG=caller", "CC_CALL_ID=c-1", "CC_STATE=waiting"],
    }  # fmt: skip
    reader.read(shown)
    reader.read({"event": "Hangup", "uniqueid": "1.1"})
    assert reader.read({"event": "CoreShowChannelsComplete"}) == e.Snapshot((), {})
