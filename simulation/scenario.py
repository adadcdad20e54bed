"""What is asked: who calls when, who works when, and how long things last. Times are seconds from the beginning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from random import Random

from contact_centre.errors import BadInput
from contact_centre.model import Language, Queue, language_skill
from queue_manager.rules import Rules
from simulation.distributions import NEVER, Duration

BREAK, GOING_HOME = "break", "going_home"
"""The two pauses of simulated agents."""
LONGEST_WRAP_UP_S = 7200


@dataclass(frozen=True, slots=True)
class Arrival:
    """One caller who asks for a person."""

    at_s: float
    queue: str = "general"
    language: Language = "en"
    skills: frozenset[str] = frozenset()
    """What the agent must have beside the language."""
    priority: int = 0
    handling_s: float | None = None
    """How long the conversation will last; None: drawn."""
    patience_s: float | None = None
    """How long the caller waits; None: drawn."""

    @property
    def needs(self) -> frozenset[str]:
        """Every skill that the agent must have."""
        return self.skills | {language_skill(self.language)}


@dataclass(frozen=True, slots=True)
class CallKind:
    """One kind of call among those that a rate brings."""

    weight: float = 1.0
    queue: str = "general"
    language: Language = "en"
    skills: frozenset[str] = frozenset()
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Break:
    """Away from the desk; a conversation is finished first."""

    at_s: float
    length_s: float


@dataclass(frozen=True, slots=True)
class Desk:
    """One agent's day."""

    skills: Mapping[str, int]
    begins_s: float = 0.0
    ends_s: float = math.inf
    """When the agent goes home, after the conversation that is going on then."""
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that one run needs beside its seed."""

    rules: Rules
    desks: Sequence[Desk]
    length_s: float
    """Calls arrive until then; the run goes on until each of them has ended."""
    handling: Duration
    """Talk, by default for every call."""
    wrap_up: Duration = field(default_factory=lambda: Duration("fixed", 0.0))
    patience: Duration = NEVER
    ringing: Duration = field(default_factory=lambda: Duration("fixed", 0.0))
    """How long an agent's phone rings."""
    warm_up_s: float = 0.0
    """Calls that arrive before this fill the centre and are not counted."""
    begins: datetime = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


EVERYBODY: Mapping[str, int] = {"language:en": 3, "language:sw": 3}


def desks(count: int, skills: Mapping[str, int] = EVERYBODY) -> tuple[Desk, ...]:
    """So many agents with the same skills who never leave."""
    return (Desk(skills),) * count


def simulated_rules(rules: Rules, wrap_up: Duration) -> Rules:
    """The house's rules with the simulated wrap-up: a whole number of seconds is the router's, others are asked for."""
    seconds = int(wrap_up.mean_s) if by_rule(wrap_up) else LONGEST_WRAP_UP_S
    queues = {name: replace(queue, wrap_up_s=seconds) for name, queue in rules.queues.items()}
    return replace(rules, queues=queues, pause_reasons=(BREAK, GOING_HOME))


def by_rule(wrap_up: Duration) -> bool:
    """Whether the queue's own rule ends this wrap-up."""
    return wrap_up.form == "fixed" and wrap_up.mean_s == int(wrap_up.mean_s)


def one_queue(within_s: int = 20, short_s: int = 5) -> Rules:
    """A centre with a single line."""
    queue = Queue("general", {"en": "All calls", "sw": "Simu zote"}, (), 15, 0, within_s, short_s)
    return Rules({"general": queue})


def poisson(rates: Sequence[tuple[float, float]], length_s: float, kinds: Sequence[CallKind], chance: Random
            ) -> list[Arrival]:  # fmt: skip
    """Arrivals at random: from each instant (s) on, so many calls an hour. Rates are in the order of their instants.

    Raises:
        BadInput: a negative rate, instants out of order, or no kind of call with a weight.
    """
    if not rates or any(rate < 0 or not math.isfinite(rate) for _, rate in rates):
        raise BadInput("a rate is a number of calls an hour, 0 or more")
    if any(later <= sooner for (sooner, _), (later, _) in pairwise(rates)):
        raise BadInput("rates must come in the order of their times")
    weights = [kind.weight for kind in kinds]
    if not weights or min(weights) < 0 or sum(weights) <= 0:
        raise BadInput("the shares of the kinds of call must be above 0")
    found: list[Arrival] = []
    for (start, per_hour), (end, _) in zip(rates, [*rates[1:], (length_s, 0.0)], strict=False):
        at, end = start, min(end, length_s)
        while per_hour > 0 and (at := at + chance.expovariate(per_hour / 3600)) < end:
            kind = chance.choices(kinds, weights)[0] if len(kinds) > 1 else kinds[0]
            found.append(Arrival(at, kind.queue, kind.language, kind.skills, kind.priority))
    return found
