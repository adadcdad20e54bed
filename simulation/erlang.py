"""Erlang's formulas, exact: B (no waiting room), C (everybody waits) and A (callers give up).

Calls arrive at `rate` (per second, Poisson), last `handling_s` on average (exponential) and are served by `agents`,
first come, first served. In A each caller's patience is exponential with mean `patience_s`; in C it is endless.

B is built by the recursion in 1/B, whose terms only grow, so nothing cancels and nothing overflows before 1/B does.
A follows from the density of the offered wait (Zeltyn and Mandelbaum, "Call centers with impatient customers:
many-server asymptotics of the M/M/n+G queue", Queueing Systems 51, 2005): v(x) is proportional to exp(h(x)) with
h(x) = rate (1 - exp(-x/patience)) patience - agents x / handling. h is concave, so it is integrated between the two
places where it has fallen far below its top, relative to its top: overloads of any size stay finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from contact_centre.errors import BadInput

FALLEN = 40.0
"""exp(-40) of the density's top is nothing at double precision."""
PIECES = 4000
"""Simpson's pieces between two bounds of an integral (even)."""
MOST_AGENTS = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """What Erlang A (or C) says of a line. Waits in seconds, shares between 0 and 1."""

    waits: float
    """Share of callers who are not answered at once."""
    abandons: float
    """Share of callers who give up."""
    answer_s: float
    """Mean wait of those who are answered (ASA)."""
    wait_s: float
    """Mean wait of everybody, until the answer or giving up."""
    occupancy: float
    """Share of the agents' time spent on calls."""
    in_t: float
    """Share of all callers who are answered within T."""
    answered_in_t: float
    """Share of the answered who were answered within T."""


def erlang_b(load: float, agents: int) -> float:
    """Share of calls lost when nobody can wait. `load` in erlangs: rate × handling."""
    _check(load >= 0, "the load cannot be negative")
    return 1.0 / _inverse_b(load, agents) if load > 0 else float(agents == 0)


def erlang_c(load: float, agents: int) -> float:
    """Share of calls that wait when everybody waits as long as it takes; 1 when the line grows without end."""
    if load >= agents:
        return 1.0
    b = erlang_b(load, agents)
    return agents * b / (agents - load * (1.0 - b))


def patient_line(rate: float, handling_s: float, agents: int, within_s: float) -> Line:
    """Erlang C: nobody gives up. An overloaded line waits for ever and answers nobody in time."""
    load = _load(rate, handling_s, agents)
    if load >= agents:
        return Line(1.0, 0.0, math.inf, math.inf, 1.0, 0.0, 0.0)
    waits = erlang_c(load, agents)
    spare = (agents - load) / handling_s
    in_t = 1.0 - waits * math.exp(-spare * within_s)
    return Line(waits, 0.0, waits / spare, waits / spare, load / agents, in_t, in_t)


def impatient_line(rate: float, handling_s: float, agents: int, patience_s: float, within_s: float) -> Line:
    """Erlang A: patience is exponential. Always stable, whatever the load."""
    load = _load(rate, handling_s, agents)
    _check(patience_s > 0, "patience must be longer than nothing")
    if math.isinf(patience_s):
        return patient_line(rate, handling_s, agents, within_s)
    service = agents / handling_s

    def h(x: float) -> float:
        return -rate * patience_s * math.expm1(-x / patience_s) - service * x

    # h'(x) = rate exp(-x/patience) - service is zero at the top
    top = max(0.0, patience_s * math.log(rate / service)) if rate > 0 else 0.0
    ceiling = h(top)
    first, last = _fallen(h, ceiling, top)

    def over(start: float, end: float, weight: Callable[[float], float]) -> float:
        start, end = max(start, first), min(end, last)
        return _integral(lambda x: math.exp(h(x) - ceiling) * weight(x), start, end) if end > start else 0.0

    def stays(x: float) -> float:
        return math.exp(-x / patience_s)

    # chances relative to "all agents but one are busy": at once = 1/B(agents-1), waiting = rate × integral
    log_at_once = math.log(_inverse_b(load, agents - 1)) if agents > 1 else 0.0
    whole = over(0.0, math.inf, lambda _: 1.0)
    log_waits = math.log(rate) + ceiling + math.log(whole)
    waits = 1.0 / (1.0 + math.exp(min(700.0, log_at_once - log_waits)))
    scale = waits / whole
    staying = over(0.0, math.inf, stays)
    answered = (1.0 - waits) + scale * staying
    in_t = (1.0 - waits) + scale * over(0.0, within_s, stays)
    answer_s = scale * over(0.0, math.inf, lambda x: x * stays(x)) / answered
    abandons = scale * over(0.0, math.inf, lambda x: -math.expm1(-x / patience_s))
    return Line(
        waits, abandons, answer_s, abandons * patience_s, load * answered / agents, in_t, min(1.0, in_t / answered)
    )


def agents_needed(rate: float, handling_s: float, patience_s: float, target: float, within_s: float) -> int:
    """The fewest agents with which at least `target` of all callers are answered within T (s)."""
    _check(0 < target < 1, "the target is a share between 0 and 1")
    least, most = 0, 1
    while impatient_line(rate, handling_s, most, patience_s, within_s).in_t < target:
        least, most = most, most * 2
        _check(most <= MOST_AGENTS, "more agents would be needed than anybody has")
    while most - least > 1:
        middle = (least + most) // 2
        enough = impatient_line(rate, handling_s, middle, patience_s, within_s).in_t >= target
        least, most = (least, middle) if enough else (middle, most)
    return most


def _load(rate: float, handling_s: float, agents: int) -> float:
    _check(rate > 0 and math.isfinite(rate), "the rate must be above 0")
    _check(handling_s > 0 and math.isfinite(handling_s), "handling must take some time")
    _check(agents >= 1, "there must be an agent")
    return rate * handling_s


def _check(fine: bool, reason: str) -> None:
    if not fine:
        raise BadInput(reason)


def _inverse_b(load: float, agents: int) -> float:
    inverse = 1.0
    for busy in range(1, agents + 1):
        inverse = min(1e300, 1.0 + inverse * busy / load)
    return inverse


def _fallen(h: Callable[[float], float], ceiling: float, top: float) -> tuple[float, float]:
    """Where the concave `h` has fallen far below its ceiling, on both sides of its top, from 0 on."""
    step = max(top, 1.0)
    while h(top + step) > ceiling - FALLEN:
        step *= 2
    last = _where(h, ceiling - FALLEN, top + step, top)
    first = 0.0 if top == 0 or h(0.0) > ceiling - FALLEN else _where(h, ceiling - FALLEN, 0.0, top)
    return first, last


def _where(h: Callable[[float], float], height: float, below: float, above: float) -> float:
    for _ in range(60):
        middle = (below + above) / 2
        below, above = (below, middle) if h(middle) > height else (middle, above)
    return below


def _integral(f: Callable[[float], float], start: float, end: float) -> float:
    width = (end - start) / PIECES
    inner = sum(f(start + i * width) * (4 if i % 2 else 2) for i in range(1, PIECES))
    return (f(start) + inner + f(end)) * width / 3
