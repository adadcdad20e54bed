"""How many agents a target needs: Erlang's answer is the first guess, the simulator's the last word."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from contact_centre.errors import BadInput
from queue_manager.service_level import SERVICE_LEVEL
from simulation.erlang import agents_needed
from simulation.replications import Arrivals, Estimate, each, repeat
from simulation.scenario import Desk, Scenario

MOST_AGENTS = 10_000


@dataclass(frozen=True, slots=True)
class Staffing:
    """What was found."""

    agents: int
    guess: int
    """What Erlang A (or C) says of the mean rate and the mean lengths."""
    tried: dict[int, Estimate]
    """Agents -> service level."""


def scaled(mix: Sequence[Desk], agents: int) -> list[Desk]:
    """So many agents, with each kind of desk in the share that it has in the mix, as near as whole people allow."""
    return [mix[place * len(mix) // agents] for place in range(agents)]


def find_agents(scenario: Scenario, arrivals: Arrivals, staff: Callable[[int], Sequence[Desk]], rate: float,
                target: float, within_s: float, times: int, seed: int,
                told: Callable[[int, Estimate], None] = lambda agents, level: None) -> Staffing:  # fmt: skip
    """The fewest agents with which the mean service level reaches the target.

    `rate` is the mean of calls a second. Every staffing is tried with the same callers, so their order is not chance.

    Raises:
        BadInput: no staffing reaches it.
    """
    busy_s = scenario.handling.mean_s + scenario.wrap_up.mean_s + scenario.ringing.mean_s
    guess = agents_needed(rate, busy_s, scenario.patience.mean_s, target, within_s)
    tried: dict[int, Estimate] = {}

    def enough(agents: int) -> bool:
        if agents not in tried:
            runs = repeat(replace(scenario, desks=staff(agents)), arrivals, times, seed)
            level = each(runs, lambda run: SERVICE_LEVEL.of(run.total))
            tried[agents] = level or Estimate(0.0, math.inf)
            told(agents, tried[agents])
        return tried[agents].mean >= target

    least, most, step = guess - 1, guess, 1
    while not enough(most):
        least, most, step = most, most + step, step * 2
        if most > MOST_AGENTS:
            raise BadInput("no staffing reaches this target: some calls need skills or times that nobody has")
    step = 1
    while least > 0 and enough(least):
        most, least, step = least, max(0, least - step), step * 2
    while most - least > 1:
        middle = (least + most) // 2
        least, most = (least, middle) if enough(middle) else (middle, most)
    return Staffing(most, guess, dict(sorted(tried.items())))
