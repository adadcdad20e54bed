"""Playing the line forward at once for all plays, against a clock that ticks second by second for one."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from queue_manager.expected_wait import AtWork, InLine, Outlook, Stage, forecast
from queue_manager.handling_history import Lengths
from queue_manager.steps import Need, fits

TALK_S = 50
SEEN = Lengths({"general": (float(TALK_S),) * 30}, (), (), (), 0.0, math.inf)
SKILLS = ("language:en", "agency:kra", "agency:ntsa")
NEEDS = st.sets(st.sampled_from(SKILLS)).map(lambda skills: frozenset((skill, 1) for skill in skills))


@st.composite
def calls(draw: st.DrawFn) -> InLine:
    """A call whose needs only ever widen."""
    required, at_s, stages = draw(NEEDS), 0, []
    for _ in range(draw(st.integers(1, 3))):
        stages.append(Stage(float(at_s), Need(required, frozenset())))
        at_s += draw(st.integers(1, 60))
        required = frozenset(skill for skill in required if draw(st.booleans()))
    return InLine("", "general", tuple(stages))


@st.composite
def agents(draw: st.DrawFn) -> AtWork:
    skills = dict.fromkeys(draw(st.sets(st.sampled_from(SKILLS))), 3)
    return AtWork(skills, "on_call", "general", float(draw(st.integers(0, TALK_S - 1))))


def ticking(line: Sequence[InLine], at_work: Sequence[AtWork]) -> dict[str, float]:
    """In how many seconds each call is answered, plainly."""
    free = [TALK_S - agent.for_s for agent in at_work]
    answered: dict[str, float] = {}
    for now in range(TALK_S * (len(line) + 1) + 200):
        for call in line:
            if call.call_id in answered:
                continue
            for stage in call.stages:
                able = [
                    (free[i], i)
                    for i, agent in enumerate(at_work)
                    if stage.in_s <= now and free[i] <= now and fits(agent.skills, stage.need)
                ]
                if able:
                    answered[call.call_id] = float(now)
                    free[min(able)[1]] = now + TALK_S
                    break
    return answered


@settings(max_examples=150, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=6), st.lists(agents(), min_size=1, max_size=4))
def test_all_plays_are_what_a_ticking_clock_sees(line: list[InLine], at_work: list[AtWork]) -> None:
    named = [InLine(f"c{i}", call.queue, call.stages) for i, call in enumerate(line)]
    ranges = forecast(Outlook(named, at_work), SEEN, seed=1)
    assert {call: found.low_s for call, found in ranges.items()} == ticking(named, at_work)
    assert all(found.low_s == found.high_s for found in ranges.values())
