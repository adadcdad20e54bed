"""Commands become AMI actions, and nothing in them can become another one."""

from __future__ import annotations

import pytest
from router_drill import START

from contact_centre.facts import Fact, Kind
from queue_manager import commands as c
from queue_manager.ami_link import FORGETTABLE
from queue_manager.ami_outbound import actions, leader_epoch, router_seen

EVIL = "x\r\nAction: Originate\r\n\r\n${SHELL(id)}\x00;\"'" + "a" * 5000
ALL: list[c.Command] = [
    c.OfferCall("c", "PJSIP/trunk-1", "o-1", "agent-001", 15, 1),
    c.WithdrawOffer("o-1", "agent-001"),
    c.EndCall("c", "PJSIP/trunk-1"),
    c.AnnouncePosition("c", "PJSIP/trunk-1", 3),
    c.RaisePriority("c", "PJSIP/trunk-1", 1000),
]


def test_an_offer_sets_its_variables_and_then_redirects_to_the_fixed_extension() -> None:
    *sets, redirect = actions(ALL[0])
    assert {action["Variable"]: action["Value"] for action in sets} == {
        "CC_OFFER_ID": "o-1", "CC_OFFER_AGENT": "agent-001", "CC_RING_S": "15", "CC_EPOCH": "1",
    }  # fmt: skip
    assert redirect == {
        "Action": "Redirect", "Channel": "PJSIP/trunk-1", "Context": "offer", "Exten": "s", "Priority": "1",
    }  # fmt: skip


def test_withdrawing_hangs_up_the_agents_leg_only() -> None:
    [action] = actions(ALL[1])
    assert action["Channel"] == r"/^PJSIP\/agent-001-[0-9a-f]+$/"


@pytest.mark.parametrize("command", ALL)
def test_every_action_is_safe_to_forget(command: c.Command) -> None:
    for action in [*actions(command), router_seen(START), leader_epoch(1)]:
        assert action["Action"].lower() in FORGETTABLE


@pytest.mark.parametrize(
    "command",
    [
        c.OfferCall(EVIL, EVIL, EVIL, EVIL, 15, 1),
        c.WithdrawOffer(EVIL, EVIL),
        c.EndCall(EVIL, EVIL),
        c.AnnouncePosition(EVIL, EVIL, 3),
    ],
)
def test_nothing_breaks_out_of_a_line(command: c.Command) -> None:
    for action in actions(command):
        for name, value in action.items():
            assert "\n" not in name
            assert len(value) <= 250
            assert not set(value) & set("\r\n\x00;\"'{},|*")


def test_what_is_not_asterisks_is_no_action() -> None:
    assert actions(c.Record(Fact(Kind.AGENT_READY, START))) == []
    assert actions(c.Answer("q", True)) == []
