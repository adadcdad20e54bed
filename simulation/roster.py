"""How many agents from when on, so that the target is met at every rate of the day and not only on average."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from contact_centre.errors import BadInput
from queue_manager.service_level import SERVICE_LEVEL, Tally
from simulation.erlang import agents_needed
from simulation.measures import Results
from simulation.replications import Arrivals, Estimate, each, repeat
from simulation.scenario import Desk, Scenario

MOST_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Roster:
    """What was found."""

    starts: tuple[float, ...]
    """From when on (s from midnight)."""
    agents: tuple[int, ...]
    guesses: tuple[int, ...]
    """What Erlang says of each rate alone, without what the one before leaves behind."""
    levels: tuple[Estimate | None, ...]
    """Service level of those who called then; None when nobody did."""
    desks: tuple[Desk, ...]
    hours: float
    """Of all agents together, while calls arrive."""


def find_roster(scenario: Scenario, arrivals: Arrivals, rates: Sequence[tuple[float, float]], like: Desk,
                target: float, within_s: float, times: int, seed: int,
                told: Callable[[Sequence[int]], None] = lambda agents: None) -> Roster:  # fmt: skip
    """Begin with Erlang's number for each rate and add an agent wherever the target is missed, until it is nowhere.

    `like`: what each agent can do.

    Raises:
        BadInput: it is still missed after many rounds.
    """
    spans = [(start, rate) for start, rate in rates if start < scenario.length_s]
    starts = tuple(start for start, _ in spans)
    busy_s = scenario.handling.mean_s + scenario.wrap_up.mean_s + scenario.ringing.mean_s
    patience_s = scenario.patience.mean_s
    guesses = tuple(
        agents_needed(rate / 3600, busy_s, patience_s, target, within_s) if rate else 0 for _, rate in spans
    )
    agents = list(guesses)
    for _ in range(MOST_ROUNDS):
        told(agents)
        desks = tuple(shifts(starts, agents, scenario.length_s, like))
        runs = repeat(replace(scenario, desks=desks or (like,)), arrivals, times, seed)
        levels = tuple(each(runs, lambda run, i=i: _level(run, scenario, starts, i)) for i in range(len(starts)))  # type: ignore[misc]
        short = [i for i, level in enumerate(levels) if level is not None and level.mean < target]
        if not short:
            hours = sum(min(desk.ends_s, scenario.length_s) - desk.begins_s for desk in desks) / 3600
            return Roster(starts, tuple(agents), guesses, levels, desks, hours)
        for i in short:
            agents[i] += 1
    raise BadInput("no roster reaches this target: some calls need skills that nobody has")


def shifts(starts: Sequence[float], agents: Sequence[int], end_s: float, like: Desk) -> list[Desk]:
    """Agents who together are as many as wanted at each time: the first ones stay, the last come for the peaks.

    Who is there at the end stays until the last caller is served.
    """
    found: list[Desk] = []
    for layer in range(max(agents, default=0)):
        begins: float | None = None
        for start, wanted in zip([*starts, end_s], [*agents, 0], strict=True):
            if wanted > layer and begins is None:
                begins = start
            elif wanted <= layer and begins is not None:
                found.append(replace(like, begins_s=begins, ends_s=start if start < end_s else math.inf))
                begins = None
    return found


def _level(run: Results, scenario: Scenario, starts: Sequence[float], which: int) -> float | None:
    inside = (
        tally
        for at, tally in run.intervals.items()
        if bisect_right(starts, (at - scenario.begins).total_seconds()) - 1 == which
    )
    return SERVICE_LEVEL.of(sum(inside, Tally()))
