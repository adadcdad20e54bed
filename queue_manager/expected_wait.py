"""How long those in line will wait: a range, found by playing the line forward many times from how it is now.

Each play draws how much longer every busy agent is busy (from the lately seen lengths that exceed what has passed
already), then gives each caller, in the order of the line, the agent who may take the call and is free first; callers
ahead may give up, and what a call asks for relaxes with its wait as its queue's rules have it. Calls that arrive later
cannot change it, because the line is first come, first served; a later call of a higher priority can, and is not
foreseen. The range is from the 10th to the 90th percentile: four of five callers should be answered in it
(`kept_promises.py` counts whether they are). What is not known is not said: too little was seen, or nobody who may
take the call is at work.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from queue_manager.handling_history import Lengths
from queue_manager.steps import Need, fits

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

PLAYS = 300
LEAST_TALKS = 20
"""Fewer conversations say too little of the next."""
LOW, HIGH = 0.1, 0.9
LONGEST_LINE = 200
"""Callers further back than this are told nothing."""
MOST_WORK = 600_000
"""Calls × (needs × agents + 4 × calls), beyond which relaxing needs are foreseen only nearly (about 1 s)."""


@dataclass(frozen=True, slots=True)
class WaitRange:
    """In how many seconds from now the call is answered, four times in five."""

    low_s: float
    high_s: float


@dataclass(frozen=True, slots=True)
class Stage:
    """What a call asks for from some time on."""

    in_s: float
    """0: now."""
    need: Need


@dataclass(frozen=True, slots=True)
class InLine:
    """One caller."""

    call_id: str
    queue: str
    stages: tuple[Stage, ...]
    """What is asked for now, and what later."""
    leaves_in_s: float = math.inf
    """When the house turns the call away."""


@dataclass(frozen=True, slots=True)
class AtWork:
    """One agent who is signed in."""

    skills: Mapping[str, int]
    doing: Literal["ready", "offered", "on_call", "wrap_up", "paused"]
    queue: str = ""
    """The queue of the call that rings or is talked with."""
    for_s: float = 0.0
    """Since when (s)."""
    left_s: float = math.inf
    """The longest that it can still last (s): a wrap-up has an end."""
    pauses_next: bool = False
    """Asked for a pause after this call."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The line and the floor at one instant."""

    line: Sequence[InLine]
    """In the order in which they will be served."""
    agents: Sequence[AtWork]


def forecast(outlook: Outlook, history: Lengths, seed: int) -> dict[str, WaitRange]:
    """A range for each call that one is known for: none while nobody is at work."""
    if not outlook.agents or sum(len(talks) for talks in history.talks.values()) < LEAST_TALKS:
        return {}
    return _Plays(outlook, history, np.random.default_rng(seed)).ranges()


class _Plays:
    """All plays at once: each array has one number for each play."""

    def __init__(self, outlook: Outlook, history: Lengths, chance: np.random.Generator) -> None:
        self._chance = chance
        every = [length for talks in history.talks.values() for length in talks]
        self._all_talks = np.sort(np.array(every))
        self._talks = {
            queue: np.sort(np.array(talks)) for queue, talks in history.talks.items() if len(talks) >= LEAST_TALKS
        }
        self._wrap_ups = _sorted(history.wrap_ups)
        self._ringing = _sorted(history.ringing)
        self._pauses = _sorted(history.pauses)
        self._pause_share = history.pause_share if len(self._pauses) else 0.0
        self._patience_s = history.patience_s
        self._line = outlook.line[:LONGEST_LINE]
        self._agents = outlook.agents
        self._able: dict[Need, Ints] = {}
        self._plays = np.arange(PLAYS)
        self._free = np.array([self._free_in(agent) for agent in outlook.agents]).reshape(-1, PLAYS)

    def ranges(self) -> dict[str, WaitRange]:
        """What is known of each call."""
        waits = self._in_time() if self._worth_it() else self._in_order()
        found: dict[str, WaitRange] = {}
        for call, wait in zip(self._line, waits, strict=True):
            low, high = np.quantile(wait, (LOW, HIGH), method="inverted_cdf")
            if math.isfinite(high):
                found[call.call_id] = WaitRange(float(low), float(high))
        return found

    def _worth_it(self) -> bool:
        """Whether needs relax (else the order of the line decides everything), and the line is not too long for it."""
        needs = {stage.need for call in self._line for stage in call.stages}
        work = len(self._line) * (len(needs) * len(self._agents) + 4 * len(self._line))
        return any(len(call.stages) > 1 for call in self._line) and work <= MOST_WORK

    def _in_order(self) -> list[Floats]:
        """One call after the other, in the order of the line: exact while needs do not relax, else nearly."""
        waits = []
        for call in self._line:
            first, turn = self._first_for(call)
            ringing = self._drawn(self._ringing)
            waits.append(turn + ringing)
            if first is not None:
                takes = (turn + ringing < self._leaves(call)) & np.isfinite(turn)
                self._take(call, first, turn + ringing, takes)
        return waits

    def _first_for(self, call: InLine) -> tuple[Ints | None, Floats]:
        """For each play the agent who can take the call first, and when."""
        best: Ints | None = None
        soonest = np.full(PLAYS, math.inf)
        for stage in call.stages:
            who = self._who_fits(stage.need)
            if not len(who):
                continue
            first = who[np.argmin(self._free[who], axis=0)]
            turn = np.maximum(self._free[first, self._plays], stage.in_s)
            best = first if best is None else np.where(turn < soonest, first, best)
            soonest = np.minimum(soonest, turn)
        return best, soonest

    def _in_time(self) -> list[Floats]:
        """One answer after the other as time goes on: an agent who fits nobody yet is taken by whoever fits first."""
        calls, plays = self._line, self._plays
        needs = list({stage.need: None for call in calls for stage in call.stages})
        index = {need: i for i, need in enumerate(needs)}
        most = max(len(call.stages) for call in calls)
        padded = [[*call.stages, *[call.stages[-1]] * (most - len(call.stages))] for call in calls]
        begins = np.array([[stage.in_s for stage in stages] for stages in padded])[:, :, None]
        which = np.array([[index[stage.need] for stage in stages] for stages in padded])
        leaves = np.array([self._leaves(call) for call in calls])
        ringing = np.array([self._drawn(self._ringing) for _ in calls])
        busy = np.array([self._busy(call) for call in calls])
        waits, over = np.full((len(calls), PLAYS), math.inf), np.zeros((len(calls), PLAYS), dtype=bool)
        first = np.zeros((len(needs), PLAYS), dtype=np.intp)
        soonest = np.full((len(needs), PLAYS), math.inf)
        for _ in calls:
            for i, need in enumerate(needs):
                who = self._who_fits(need)
                if len(who):
                    first[i] = who[np.argmin(self._free[who], axis=0)]
                    soonest[i] = self._free[first[i], plays]
            by_stage = np.maximum(begins, soonest[which])
            turns = by_stage.min(axis=1)
            turns[over] = math.inf
            next_one = np.argmin(turns, axis=0)  # of equal turns the first in line
            turn = turns[next_one, plays]
            stage = np.argmin(by_stage[next_one, :, plays], axis=1)
            agent = first[which[next_one, stage], plays]
            wait = turn + ringing[next_one, plays]
            waits[next_one, plays] = np.where(np.isfinite(turn), wait, waits[next_one, plays])
            over[next_one, plays] = True
            takes = (wait < leaves[next_one, plays]) & np.isfinite(turn)
            free = self._free[agent, plays]
            self._free[agent, plays] = np.where(takes, wait + busy[next_one, plays], free)
        return list(waits)

    def _take(self, call: InLine, agent: Ints, wait: Floats, takes: NDArray[np.bool_]) -> None:
        free = self._free[agent, self._plays]
        self._free[agent, self._plays] = np.where(takes, wait + self._busy(call), free)

    def _busy(self, call: InLine) -> Floats:
        return self._drawn(self._of(call.queue)) + self._drawn(self._wrap_ups) + self._pause()

    def _leaves(self, call: InLine) -> Floats:
        return np.minimum(self._patience(), call.leaves_in_s)

    def _who_fits(self, need: Need) -> Ints:
        who = self._able.get(need)
        if who is None:
            able = [i for i, agent in enumerate(self._agents) if fits(agent.skills, need)]
            who = self._able[need] = np.array(able, dtype=np.intp)
        return who

    def _free_in(self, agent: AtWork) -> Floats:
        match agent.doing:
            case "ready":
                return np.zeros(PLAYS)
            case "paused":
                return self._rest(self._pauses, agent.for_s, math.inf)
            case "wrap_up":
                free = self._rest(self._wrap_ups, agent.for_s, agent.left_s)
            case "on_call":
                free = self._rest(self._of(agent.queue), agent.for_s, math.inf) + self._drawn(self._wrap_ups)
            case "offered":
                free = self._rest(self._ringing, agent.for_s, math.inf) + self._drawn(self._of(agent.queue))
                free += self._drawn(self._wrap_ups)
        if agent.pauses_next:
            return free + (self._drawn(self._pauses) if len(self._pauses) else math.inf)
        return free + self._pause()

    def _of(self, queue: str) -> Floats:
        return self._talks.get(queue, self._all_talks)

    def _drawn(self, lengths: Floats) -> Floats:
        return self._chance.choice(lengths, PLAYS) if len(lengths) else np.zeros(PLAYS)

    def _rest(self, lengths: Floats, passed_s: float, left_s: float) -> Floats:
        """How much longer, given how long already. What outlasts all that was seen is foreseen without memory."""
        if not len(lengths):
            return np.full(PLAYS, 0.0 if math.isfinite(left_s) else math.inf)
        longer = lengths[np.searchsorted(lengths, passed_s, side="right") :]
        if len(longer):
            return np.minimum(self._chance.choice(longer, PLAYS) - passed_s, left_s)
        lasting = lengths[np.isfinite(lengths)]
        mean_s = float(lasting.mean()) if len(lasting) else math.inf
        return np.minimum(self._chance.exponential(1.0, PLAYS) * mean_s, left_s)

    def _pause(self) -> Floats:
        if not self._pause_share:
            return np.zeros(PLAYS)
        return np.where(self._chance.random(PLAYS) < self._pause_share, self._drawn(self._pauses), 0.0)

    def _patience(self) -> Floats:
        if math.isinf(self._patience_s):
            return np.full(PLAYS, math.inf)
        return self._chance.exponential(self._patience_s, PLAYS)


def _sorted(lengths: Iterable[float]) -> Floats:
    return np.sort(np.array(list(lengths), dtype=np.float64))
