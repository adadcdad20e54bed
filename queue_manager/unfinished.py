"""P. Orders that were written down and perhaps never given: their router died in between.

The journal says what was intended, Asterisk what is. Where Asterisk shows that an order did not arrive, it is given
now; nothing is written twice, and nothing is ordered that was not intended.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from contact_centre.facts import Kind
from contact_centre.model import agency_skill, language_skill
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager.commands import AskSurvey, EndLeg, NameAgent, OverflowCall, RaisePriority, SendToQueue
from queue_manager.events_out import OutPhase
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.remembered import RememberedCall
from queue_manager.rules import HEAD_OF_LINE, TRANSFERRED
from queue_manager.transfer_state import SILENT_S

WITH_AGENT = (CallState.CONNECTED, CallState.REJOINING, CallState.TRANSFERRING)
ROUNDED = timedelta(milliseconds=2)
"""Instants on a channel are cut to milliseconds."""


def ended(floor: Floor, seen: e.SeenCall) -> None:
    """A call that is over has a channel still: its citizen was to be asked how it went, and talks on."""
    if seen.call_id in floor.surveyed and seen.state in WITH_AGENT:
        floor.out.append(AskSurvey(seen.call_id, seen.channel))


def as_intended(
    floor: Floor, call: LiveCall, seen: e.SeenCall, past: RememberedCall, now: datetime
) -> e.SeenCall | None:
    """The call as its orders were to make it; None: nothing more is to be seen to.

    Only of a call that this router did not know before the snapshot.
    """
    call.turned_away = past.turned_away
    if past.outbound and seen.state in WITH_AGENT:
        call.outbound = OutPhase.JOINED
    if past.sent_to is not None and not seen.netted and not _arrived(seen, past.sent_to.at):
        _send_to_queue(floor, call, seen, past, now)
        return None
    seen = _overflowed(floor, seen, past)
    if past.at_head and seen.state in (CallState.WAITING, CallState.OFFERED) and seen.wish.priority < HEAD_OF_LINE:
        seen = replace(seen, wish=replace(seen.wish, priority=seen.wish.priority + HEAD_OF_LINE))
        floor.out.append(RaisePriority(call.id, seen.channel, seen.wish.priority))
    return _handed_over(floor, seen, past)


def transfer_unheard(floor: Floor, call: LiveCall, past: RememberedCall, now: datetime) -> None:
    """What became of a transfer that went on when the last router died, where nothing of it is left to follow."""
    asked = past.asked
    if asked is None or call.transfer is not None:
        return
    if call.offer is None or call.offer.id != asked.id:
        floor.record(
            Kind.TRANSFER_FAILED, now, call.id, asked.to, fact_id=f"{Kind.TRANSFER_FAILED}-{asked.id}",
            transfer_id=asked.id, reason="lost",
        )  # fmt: skip
        return
    for kind in (Kind.TRANSFER_ANSWERED, Kind.TRANSFER_COMPLETED):  # the dialplan gave them the call by itself
        more = {"from_agent": asked.asked_by} if kind is Kind.TRANSFER_COMPLETED else {}
        floor.record(kind, now, call.id, asked.to, fact_id=f"{kind}-{asked.id}", transfer_id=asked.id, **more)


def _arrived(seen: e.SeenCall, at: datetime) -> bool:
    """Whether the channel has the wait that began when the call was given to the queue."""
    since = seen.wish.waiting_since
    return since is not None and since >= at - ROUNDED


def _send_to_queue(floor: Floor, call: LiveCall, seen: e.SeenCall, past: RememberedCall, now: datetime) -> None:
    """As `transfers.to_queue`, without what is written already."""
    to = past.sent_to
    assert to is not None
    wish = floor.wish_of(seen.wish, call.id, seen.channel, now)
    skills = {language_skill(wish.language)} | ({agency_skill(to.agency)} if to.agency else set())
    queue = to.queue if to.queue in floor.rules.queues else floor.rules.default_queue
    wish = replace(
        wish, queue=queue, agency=to.agency, skills=frozenset(skills), waiting_since=to.at,
        priority=max(wish.priority, TRANSFERRED), preferred_agent=None,
    )  # fmt: skip
    floor.begin_waiting(call, wish, now, known=True)
    floor.out.append(
        SendToQueue(
            call.id, call.channel, wish.queue, wish.agency, wish.skills, wish.priority, wish.waiting_since, floor.epoch
        )
    )
    if seen.in_conference:
        floor.out += [EndLeg(leg.channel) for leg in seen.legs]
    floor.wake_at(now + timedelta(seconds=SILENT_S), ("transfer", call.id))


def _overflowed(floor: Floor, seen: e.SeenCall, past: RememberedCall) -> e.SeenCall:
    to = past.overflowed_to
    lost = to in floor.rules.queues and to != seen.wish.queue and seen.state in (CallState.WAITING, CallState.OFFERED)
    if to is None or not lost:
        return seen
    skills = frozenset({language_skill(seen.wish.language)})
    floor.out.append(OverflowCall(seen.call_id, seen.channel, to, skills))
    return replace(seen, wish=replace(seen.wish, queue=to, skills=skills, last_agent=None))


def _handed_over(floor: Floor, seen: e.SeenCall, past: RememberedCall) -> e.SeenCall:
    """The colleague has the call, and the channel does not say so yet."""
    if past.handed_to is None or seen.offer_id == past.handed_to[0]:
        return seen
    transfer_id, agent_id = past.handed_to
    agent = floor.roster.get(agent_id)
    if agent is None or agent.agent.extension not in {leg.endpoint for leg in seen.legs if leg.up}:
        return seen
    floor.out.append(NameAgent(seen.call_id, seen.channel, transfer_id, agent.agent.extension))
    return replace(seen, offer_id=transfer_id, endpoint=agent.agent.extension)
