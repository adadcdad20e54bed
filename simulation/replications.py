"""The same scenario several times, each with its own chance; a mean with the interval that holds it 95 times in 100."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from simulation.engine import Engine
from simulation.measures import Results
from simulation.scenario import Arrival, Scenario

STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
"""The 97.5 % point of Student's t for 1 to 30 degrees of freedom."""
NORMAL = 1.960

Arrivals = Callable[[Random], Sequence[Arrival]]
"""Gives the callers of one run."""
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and half the width of its 95 % interval; infinite when there is a single value."""

    mean: float
    half_width: float

    def holds(self, value: float) -> bool:
        """Whether the value lies in the interval."""
        return abs(value - self.mean) <= self.half_width


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of independent values. Student's t, because there are few of them."""
    if len(values) < 2:
        return Estimate(values[0], math.inf)
    freedom = len(values) - 1
    t = STUDENT[freedom - 1] if freedom <= len(STUDENT) else NORMAL
    return Estimate(statistics.fmean(values), t * statistics.stdev(values) / math.sqrt(len(values)))


def repeat(scenario: Scenario, arrivals: Arrivals, times: int, seed: int, progress: Progress = lambda share: None
           ) -> list[Results]:  # fmt: skip
    """Run it so many times. Callers and agents draw from chances of their own, so that the same callers come whoever
    is there to answer: what differs between two staffings is then the staffing."""
    found = []
    for i in range(times):
        engine = Engine(scenario, arrivals(Random(f"callers {seed} {i}")), seed=seed * 1_000_003 + i)
        found.append(engine.run(lambda share, done=i: progress((done + share) / times)))  # type: ignore[misc]
    return found


def each(results: Sequence[Results], figure: Callable[[Results], float | None]) -> Estimate | None:
    """One figure over all runs; None when no run has it."""
    values = [value for value in map(figure, results) if value is not None]
    return estimate(values) if values else None
