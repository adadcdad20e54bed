"""P. The log of Asterisk's own queue, read afterwards: what it did while no router lived, as facts.

A line is `seconds|caller's channel id|queue|agent|event|data…`. Ours is `NETTED`, written by `[safety-net]` before the
caller enters: it says which call the channel is. Facts have ids that a second reading makes again, so nothing is
counted twice, and an answer that a living router has seen already is left out. A router that moves a caller out of the
queue (a transfer) makes Asterisk write `COMPLETE…` at that moment, while the call goes on: what follows is not the
log's to tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from contact_centre.channel_vars import NET_OFFER
from contact_centre.facts import Fact, Kind
from contact_centre.model import Language, agency_skill, language_skill
from queue_manager.ami_inbound import CALL_ID, SLUG, UNIQUEID, instant, matching, whole_number

GRACE = timedelta(seconds=2)
"""The log has whole seconds, and a router's clock need not be Asterisk's to the second."""
OVER = {"COMPLETECALLER": "caller", "COMPLETEAGENT": "agent", "ABANDON": "caller"}
"""Events after which the call is over, and by whom."""
MOST_PRIORITY = 100_000


@dataclass(frozen=True, slots=True)
class Netted:
    """One call, as `[safety-net]` wrote it down."""

    call_id: str
    since: datetime
    language: Language
    queue: str
    agency: str | None
    priority: int


@dataclass(slots=True)
class Reading:
    """What a log says."""

    facts: list[Fact] = field(default_factory=list)
    connected: set[str] = field(default_factory=set)
    """Calls that were answered and are not over."""
    ended: set[str] = field(default_factory=set)
    agents: set[int] = field(default_factory=set)
    """Who had one of the calls that are over."""
    inside: set[str] = field(default_factory=set)
    """Calls that were in the queue, unanswered, when the log ended."""


def read_log(
    lines: Iterable[str], agents: Mapping[str, int], known: Set[str], moved: Mapping[str, Sequence[datetime]]
) -> Reading:
    """Fold a log.

    `agents`: endpoint -> row id; `known`: ids of offers whose answer the journal has; `moved`: call -> when a router
    began to hand it on.
    """
    reading = Reading()
    calls: dict[str, Netted] = {}
    answered_by: dict[str, int | None] = {}
    answered_at: dict[str, datetime] = {}
    for line in lines:
        parts = line.rstrip("\n").split("|")
        at = instant(parts[0])
        channel = matching(UNIQUEID, parts[1]) if len(parts) > 4 else None
        if at is None or channel is None:
            continue
        agent, event, data = parts[3], parts[4], parts[5:]
        if event == "NETTED":
            call = _netted(data, at)
            if call is not None:
                calls[channel] = call
                reading.inside.add(call.call_id)
                reading.facts.append(_waiting(call))
            continue
        netted = calls.get(channel)
        if netted is None:
            continue
        call_id = netted.call_id
        if event == "CONNECT" and len(data) > 1 and (peer := matching(UNIQUEID, data[1])):
            offer_id, agent_id = f"{NET_OFFER}{peer}", agents.get(agent)
            answered_by[call_id], answered_at[call_id] = agent_id, at
            reading.inside.discard(call_id)
            reading.connected.add(call_id)
            if offer_id not in known:
                fact = Fact(Kind.CALL_CONNECTED, at, call_id, agent_id, {"offer_id": offer_id}, f"answered-{offer_id}")
                reading.facts.append(fact)
        elif event in OVER and _moved(moved.get(call_id, ()), answered_at.get(call_id), at):
            reading.connected.discard(call_id)
            del calls[channel]
        elif event in OVER:
            if event == "ABANDON":
                reading.facts.append(
                    Fact(Kind.CALL_ABANDONED, at, call_id, None, {"phase": "waiting"}, f"abandoned-{call_id}")
                )
            ended = {"by": OVER[event], "cause": 16}
            reading.facts.append(Fact(Kind.CALL_ENDED, at, call_id, None, ended, f"ended-{call_id}"))
            reading.inside.discard(call_id)
            reading.connected.discard(call_id)
            reading.ended.add(call_id)
            if (by := answered_by.get(call_id)) is not None:
                reading.agents.add(by)
        elif event in ("EXITWITHTIMEOUT", "EXITEMPTY"):
            reading.inside.discard(call_id)
    for call_id, at in answered_at.items():
        if _moved(moved.get(call_id, ()), at, None):
            reading.connected.discard(call_id)
    return reading


def _moved(when: Iterable[datetime], answered_at: datetime | None, until: datetime | None) -> bool:
    """Whether a router took the call out of the queue after the answer."""
    if answered_at is None:
        return False
    return any(answered_at - GRACE <= at and (until is None or at <= until + GRACE) for at in when)


def calls_in(lines: Iterable[str]) -> set[str]:
    """The calls that the log tells of."""
    notes = (line.rstrip("\n").split("|") for line in lines)
    ids = (matching(CALL_ID, parts[5].split("/")[0]) for parts in notes if len(parts) > 5 and parts[4] == "NETTED")
    return {id_ for id_ in ids if id_ is not None}


def _netted(data: list[str], at: datetime) -> Netted | None:
    words = [*"|".join(data).split("/"), *("",) * 6]
    call_id = matching(CALL_ID, words[0])
    if call_id is None:
        return None
    since = instant(words[1]) or at
    return Netted(
        call_id,
        since,
        "sw" if words[2] == "sw" else "en",
        matching(SLUG, words[3]) or "general",
        matching(SLUG, words[4]),
        whole_number(words[5], MOST_PRIORITY) or 0,
    )


def _waiting(call: Netted) -> Fact:
    skills = [language_skill(call.language), *((agency_skill(call.agency),) if call.agency else ())]
    payload: dict[str, object] = {
        "queue": call.queue, "language": call.language, "skills": sorted(skills), "priority": call.priority,
    }  # fmt: skip
    if call.agency:
        payload["agency"] = call.agency
    return Fact(Kind.CALL_WAITING, call.since, call.call_id, None, payload, f"waiting-{call.call_id}")
