"""Who gets whom.

Among waiting calls that an agent may take: highest effective priority, then longest waiting. Among ready agents who may
take a call: the one it prefers, then the best level, then the longest ready. Ids break the last ties, so that the same
situation always gives the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from contact_centre.model import Call
from queue_manager.ready_agents import Rank, ReadyAgents
from queue_manager.rules import HEAD_OF_LINE, TRANSFERRED
from queue_manager.steps import Rung, in_words

DecidedBy = Literal["preferred", "only_one", "level", "longest_ready"]

OrderKey = tuple[int, float, str]
"""Smaller is sooner. With ageing: (minus the band, the instant it would have come with priority 0, call id); without:
(minus the priority, the instant it began to wait, call id). Instants in seconds since 1970."""

ELIGIBLE_KEPT = 50
"""Most agents of a decision that are kept with its offer."""

NAMED_AT_A_STEP = 10
"""Most agents that are named for each step of an explanation."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One agent for one call, and why: kept with the offer, shown to the supervisor."""

    agent_id: int
    eligible: tuple[int, ...]
    """Ready agents who could have had the call, the chosen one first."""
    decided_by: DecidedBy


def order_key(call: Call, raised: int = 0, point_s: float = 0.0) -> OrderKey:
    """The call's place among others.

    `raised` is added to its priority (a call that lost its agent). `point_s`: waiting this long is worth one point of
    priority, for everybody alike, so the order of two calls never changes while they wait; 0: waiting earns none. Who
    lost an agent or was handed on stays before those who had nobody, however long these wait.
    """
    priority, since = call.priority + raised, call.waiting_since.timestamp()
    if point_s <= 0:
        return (-priority, since, call.id)
    band = 2 if priority >= HEAD_OF_LINE else 1 if priority >= TRANSFERRED else 0
    return (-band, since - priority * point_s, call.id)


def choose(ready: ReadyAgents, rung: Rung, may: Callable[[int], bool], preferred: int | None) -> Decision | None:
    """The agent for a call at this stage, or None when nobody may take it.

    `may` says of an agent whether the call can be offered there just now; `preferred`: it waits for this one alone.
    """
    if preferred is not None:
        found = ready.may_take(preferred, rung.need) and may(preferred)
        return Decision(preferred, (preferred,), "preferred") if found else None
    ranks: list[Rank] = []
    for rank in ready.ranked(rung.need):
        if may(rank[3]):
            ranks.append(rank)
            if len(ranks) == ELIGIBLE_KEPT:
                break
    if not ranks:
        return None
    decided: DecidedBy = "longest_ready"
    if len(ranks) == 1:
        decided = "only_one"
    elif ranks[0][:2] != ranks[1][:2]:
        decided = "level"
    return Decision(ranks[0][3], tuple(rank[3] for rank in ranks), decided)


def explain(ready: ReadyAgents, rungs: tuple[Rung, ...], at: int, passed: Collection[int] = ()) -> list[dict[str, Any]]:
    """Who of the ready agents could take the call at each stage up to this one: ids only, bounded.

    `passed`: agents who just did not take it, and so are not offered it now.
    """
    told = []
    for rung in rungs[: at + 1]:
        ranks = ready.ranked(rung.need)
        able = islice((rank[3] for rank in ranks if rank[3] not in passed), NAMED_AT_A_STEP)
        told.append(
            {
                "after_s": rung.after_s,
                "needs": in_words(rung.need),
                "ready": len(ranks) - sum(ready.may_take(agent_id, rung.need) for agent_id in passed),
                "agents": list(able),
            }
            | ({"relax": rung.relax} if rung.relax else {})
        )
    return told
