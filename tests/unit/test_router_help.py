"""An agent who needs a supervisor shows on the board, until one comes or the call's work is done."""

from __future__ import annotations

import pytest
from router_drill import Drill

from contact_centre.facts import Kind
from queue_manager import events as e
from queue_manager import requests as r
from queue_manager.memory import remembered_agents


@pytest.fixture
def drill() -> Drill:
    drill = Drill()
    drill.ready(1)
    drill.waits("a")
    drill.answers("a")
    return drill


def test_only_with_a_call_and_once(drill: Drill) -> None:
    assert drill.ask(r.AskForHelp, 1).accepted
    since = drill.agent(1).help_since
    drill.pass_time(5)
    assert drill.ask(r.AskForHelp, 1).accepted
    assert drill.agent(1).help_since == since == drill.facts(Kind.HELP_ASKED)[-1].occurred_at
    assert len(drill.facts(Kind.HELP_ASKED)) == 1
    idle = Drill()
    idle.ready(1)
    assert not idle.ask(r.AskForHelp, 1).accepted


def test_a_supervisor_who_comes_takes_it_off_the_board(drill: Drill) -> None:
    drill.ask(r.AskForHelp, 1)
    drill.hear(r.EndHelp("h1", 7, 1))
    assert drill.agent(1).help_since is None
    assert drill.facts(Kind.HELP_ENDED)[-1].payload == {"account_id": 7}


def test_it_outlives_the_call_but_not_its_wrap_up_and_a_new_router_knows_it(drill: Drill) -> None:
    drill.ask(r.AskForHelp, 1)
    drill.leaves("a")
    assert drill.agent(1).state == "wrap_up"
    assert drill.agent(1).help_since is not None
    after = Drill()
    after.hear(e.Remembered(remembered_agents(drill.facts())))
    assert after.agent(1).help_since == drill.agent(1).help_since
    drill.ask(r.FinishWrapUp, 1)
    assert drill.agent(1).help_since is None
