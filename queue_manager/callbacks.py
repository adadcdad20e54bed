"""P. A callback keeps its place: the entry stays in line without a channel, and the citizen is called near their turn.

No agent is reserved for it. Whoever answers and presses 1 is in `[waiting]` again with the time they began to wait, so
before everybody who came later. Between two attempts an entry stands in nobody's way: it is out of the line, and comes
back to its place when it may be dialled again. The fact goes out before the order, so an attempt whose result is not
known is looked for among Asterisk's channels and never blindly made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from contact_centre.facts import Kind
from contact_centre.states import CallState, call_moves
from queue_manager import callback_events as b
from queue_manager import events as e
from queue_manager import waiting_rules
from queue_manager.callback_commands import DialCallback, KeepPlace, OfferCallback, RefuseCallback
from queue_manager.callback_state import Callback, CallbackRules
from queue_manager.commands import TakeSnapshot
from queue_manager.expected_wait import WaitRange
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.steps import Need, fits

LISTENS_S = 45
"""How long a citizen who answered may listen and press, before Asterisk is asked what became of it (s)."""
ON_THE_WAY_S = 5
"""An attempt younger than this may not have made its channel yet (s)."""
TALKING = (CallState.CONNECTED, CallState.HELD, CallState.REJOINING, CallState.TRANSFERRING)
FINAL = ("declined", "no_number", "expired")
"""After these nobody is dialled again."""


def offer(floor: Floor, ranges: Mapping[str, WaitRange], now: datetime, *, to_all: bool = False) -> None:
    """Tell those who may wait too long, once, that they need not stay on the line; and see whose turn is near.

    `to_all`: whoever waits is told, as in an emergency.
    """
    rules = floor.rules.callback
    if rules is None:
        return
    for call_id in floor.callbacks:
        found, entry = ranges.get(call_id), floor.calls[call_id].callback
        assert entry is not None
        entry.turn_near = found is not None and found.low_s <= rules.lead_s
        floor.turns_near = floor.turns_near or entry.turn_near
    for call in floor.line:
        if not call.confirmed or call.callback_offered or call.called_back:
            continue
        assert call.wish is not None
        found = ranges.get(call.id)
        waited_s = (now - call.wish.waiting_since).total_seconds()
        if to_all or waited_s > rules.offer_over_s or (found is not None and found.high_s > rules.offer_over_s):
            call.callback_offered = True
            floor.record(Kind.CALLBACK_OFFERED, now, call.id, fact_id=f"callback-offered-{call.id}")
            floor.out.append(OfferCallback(call.id, call.channel))


def asked(floor: Floor, event: b.CallbackAsked, now: datetime) -> None:
    """Keep the place, or say why not. Who is offered to an agent at this moment has something better."""
    call, rules = floor.calls.get(event.call_id), floor.rules.callback
    if call is None and event.wish is not None and event.channel and not floor.has_ended(event.call_id):
        call = floor.admit(event.call_id, event.channel, event.uniqueid, CallState.IVR, now)
    if call is None or call.uniqueid != event.uniqueid or not _may_ask(call, event):
        floor.ignored["callback asked while not waiting"] += 1
        return
    refused = event.refused
    if rules is None or event.number_id is None:
        refused = refused or "off"
    elif not refused and call.called_back:
        refused = "again"
    elif not refused and len(floor.callbacks) >= rules.most:
        refused = "full"
    elif not refused and event.number_id in _numbers(floor):
        refused = "already"
    if refused or event.number_id is None or rules is None:
        floor.record(Kind.CALLBACK_REFUSED, now, call.id, reason=refused)
        floor.out.append(RefuseCallback(call.id, call.channel, refused))
        return
    if call.state is CallState.IVR and event.wish is not None:
        floor.begin_waiting(call, floor.wish_of(event.wish, call.id, call.channel, now), now, stands=False)
    wish = call.wish
    assert wish is not None
    more: dict[str, Any] = {k: v for k, v in (("agency", wish.agency), ("service", wish.service)) if v}
    floor.record(
        Kind.CALLBACK_ASKED, now, call.id, fact_id=f"callback-{call.id}", number_id=event.number_id,
        queue=wish.queue, language=wish.language, skills=sorted(wish.skills), priority=wish.priority + call.raised,
        waiting_since=wish.waiting_since.isoformat(), **more,
    )  # fmt: skip
    call.state, call.since = call_moves(call.state, CallState.CALLBACK), now
    call.callback = Callback(event.number_id, now)
    call.wish = replace(wish, preferred_agent=None)  # who is called back takes whoever is free
    floor.keep(call, now)
    floor.wake_at(now + timedelta(hours=rules.keep_h), ("callback", call.id))
    floor.out.append(KeepPlace(call.id, call.channel))


def _may_ask(call: LiveCall, event: b.CallbackAsked) -> bool:
    if call.state is CallState.IVR:  # nobody is there at this hour
        return event.wish is not None
    return call.state is CallState.TURNED_AWAY or (call.state is CallState.WAITING and call.confirmed)


def still_there(floor: Floor, call: LiveCall, event: e.CallWaiting, now: datetime) -> bool:
    """An entry without a channel is heard from `[waiting]`; True: it was reached and waits.

    Its own first channel: the order to tell and hang up was lost, or has not arrived yet.
    """
    if event.wish.callback_id is not None:
        reached(floor, call, event.channel, event.uniqueid, event.wish.callback_id, now)
        return True
    if (now - call.since).total_seconds() < waiting_rules.SAY_AGAIN_S:
        floor.ignored["waiting while its place is kept"] += 1
    else:
        call.channel, call.uniqueid, call.since = event.channel, event.uniqueid, now
        floor.out.append(KeepPlace(call.id, event.channel))
    return False


def reached(floor: Floor, call: LiveCall, channel: str, uniqueid: str, attempt_id: str, now: datetime) -> None:
    """The citizen answered and pressed 1: in line, with the time of before."""
    assert call.wish is not None
    floor.record(Kind.CALLBACK_REACHED, now, call.id, attempt_id=attempt_id, queue=call.wish.queue)
    call.state, call.since = call_moves(call.state, CallState.WAITING), now
    call.callback, call.called_back = None, True
    floor.callbacks.pop(call.id, None)
    floor.comes_by(call, channel, uniqueid)
    floor.stand_in_line(call, now)


def channel_gone(floor: Floor, call: LiveCall, uniqueid: str, now: datetime) -> None:
    """The caller's first channel, or that of an attempt, has ended."""
    entry = call.callback
    assert entry is not None
    if uniqueid == call.uniqueid:
        floor.comes_by(call, "", "")
    elif uniqueid == entry.attempt_id:
        _fail(floor, call, "left", now)
    else:
        floor.ignored["another channel of a known call"] += 1


def failed(floor: Floor, event: b.CallbackFailed, now: datetime) -> None:
    """An attempt came to nothing."""
    call = floor.calls.get(event.call_id)
    if call is None or call.callback is None or call.callback.attempt_id != event.attempt_id:
        floor.ignored["another attempt to call back"] += 1
        return
    _fail(floor, call, event.reason, now)


def dial_whose_turn_is_near(floor: Floor, now: datetime) -> None:
    """An idle agent for whom nobody waits, or a forecast that one will be: the first entries are dialled.

    Each entry that is being dialled counts on one idle agent, so no more citizens are called than can be served. Of
    entries with equal needs a later one is never dialled before a sooner one that could be.
    """
    nobody_is_idle = next(iter(floor.roster.ready), None) is None
    if (nobody_is_idle and not floor.turns_near) or not _rules(floor).hours.open_at(now):
        return
    entries = [floor.calls[call_id] for call_id in floor.callbacks]
    may = _may_be_dialled(floor, entries, now)
    if not may:
        return
    idle = sorted(floor.roster.available, key=lambda agent: agent.id)
    floor.turns_near = any(call.callback is not None and call.callback.turn_near for call in entries)
    waited_for = {floor.calls[call_id].need for call_id in may}
    if not floor.turns_near and not any(fits(agent.skills, need) for need in waited_for for agent in idle):
        return  # as most of the time: nobody's turn, so their order is of no interest
    not_yet: set[Need] = set()
    for call in sorted(entries, key=lambda call: call.key):
        entry = call.callback
        assert entry is not None
        if entry.attempt_id is None and call.id not in may:
            continue
        taker = next((agent for agent in idle if floor.may_take(agent, call)), None)
        if taker is not None:
            idle.remove(taker)
        if entry.attempt_id is not None:
            continue
        if (taker is not None or entry.turn_near) and call.need not in not_yet:
            _dial(floor, call, entry, now)
        else:
            not_yet.add(call.need)
    floor.turns_near = any(call.callback is not None and call.callback.turn_near for call in entries)


def look_again(floor: Floor, call_id: str, now: datetime) -> None:
    """An attempt that was silent for long, an entry that may be dialled again, or whose time is over."""
    call, rules = floor.calls.get(call_id), _rules(floor)
    if call is None or call.callback is None:
        return
    entry = call.callback
    if entry.attempt_id is not None:
        if floor.link_up:
            floor.out.append(TakeSnapshot())
    elif now >= entry.asked_at + timedelta(hours=rules.keep_h):
        _fail(floor, call, "expired", now)
    elif call.id not in floor.line and (entry.not_before is None or entry.not_before <= now):
        floor.keep(call, now)


def remember(floor: Floor, event: e.Remembered, now: datetime) -> None:
    """Entries as the journal knows them; what became of an attempt, Asterisk's channels will say."""
    for past in event.callbacks:
        wish = floor.wish_of(past.wish, past.call_id, "", now)
        call = LiveCall(past.call_id, "", "", CallState.CALLBACK, past.asked_at, wish, floor.rules.point_s)
        call.callback = Callback(
            past.number_id, past.asked_at, past.attempts, past.attempt_id, past.dialled_at, past.not_before
        )
        floor.open_calls.pop(call.id, None)
        floor.know(call)
        floor.callbacks[call.id] = None
        waits = past.not_before is not None and past.not_before > now
        if waits and past.not_before is not None:
            waiting_rules.know_needs(floor, call, now)
            floor.wake_at(past.not_before, ("callback", call.id))
        else:
            floor.keep(call, now)
        floor.wake_at(past.asked_at + timedelta(hours=_rules(floor).keep_h), ("callback", call.id))


def seen(floor: Floor, call: LiveCall, one: e.SeenCall, now: datetime) -> bool:
    """A snapshot shows a channel of an entry; True: it was reached, and is looked at like any call."""
    entry = call.callback
    assert entry is not None
    if one.wish.callback_id is None and one.state not in (CallState.OFFERED, *TALKING):
        floor.comes_by(call, one.channel, one.uniqueid)
        if one.state is CallState.WAITING and (now - call.since).total_seconds() >= waiting_rules.SAY_AGAIN_S:
            call.since = now
            floor.out.append(KeepPlace(call.id, one.channel))
        return False
    if one.state is CallState.CALLBACK:  # it rings, or the citizen listens
        entry.attempt_id = one.wish.callback_id
        floor.wake_at(now + timedelta(seconds=LISTENS_S), ("callback", call.id))
        return False
    reached(floor, call, one.channel, one.uniqueid, one.wish.callback_id or "", now)  # or the safety net had them
    return True


def not_seen(floor: Floor, call: LiveCall, now: datetime) -> None:
    """A snapshot shows no channel of an entry: an attempt is over, unless it may not have begun yet."""
    entry = call.callback
    assert entry is not None
    floor.comes_by(call, "", "")
    if entry.attempt_id is None:
        return
    looked_for = (entry.dialled_at or call.since) + timedelta(seconds=ON_THE_WAY_S)
    if now < looked_for:
        floor.wake_at(looked_for, ("callback", call.id))
    else:
        _fail(floor, call, "lost", now)


def _numbers(floor: Floor) -> set[int]:
    entries = [floor.calls[call_id].callback for call_id in floor.callbacks]
    return {entry.number_id for entry in entries if entry is not None}


def _may_be_dialled(floor: Floor, entries: Iterable[LiveCall], now: datetime) -> set[str]:
    """Whose turn has not been put off, whose own telephone is free again, and whose queue is open."""
    open_now: dict[str, bool] = {}
    found = set()
    for call in entries:
        if call.callback is None or call.callback.attempt_id is not None or call.channel or call.id not in floor.line:
            continue
        assert call.wish is not None
        queue = call.wish.queue
        if queue not in open_now:
            open_now[queue] = floor.rules.routing_of(queue).hours.open_at(now)
        if open_now[queue]:
            found.add(call.id)
    return found


def _rules(floor: Floor) -> CallbackRules:
    """Who was promised a call gets it, even if a file that was changed since offers it to nobody."""
    return floor.rules.callback or CallbackRules()


def _dial(floor: Floor, call: LiveCall, entry: Callback, now: datetime) -> None:
    rules, wish = _rules(floor), call.wish
    assert wish is not None
    entry.attempts += 1
    entry.attempt_id, entry.dialled_at, entry.turn_near = f"callback-{floor.new_id()}", now, False
    floor.record(Kind.CALLBACK_DIALLED, now, call.id, attempt_id=entry.attempt_id, attempt=entry.attempts)
    floor.out.append(
        DialCallback(
            call.id, entry.attempt_id, entry.number_id, rules.ring_s, wish.language, wish.queue, wish.skills,
            wish.priority + call.raised, wish.agency, wish.service, wish.waiting_since,
        )
    )  # fmt: skip
    floor.wake_at(now + timedelta(seconds=rules.ring_s + LISTENS_S), ("callback", call.id))


def _fail(floor: Floor, call: LiveCall, reason: b.CallbackFailure, now: datetime) -> None:
    entry, rules = call.callback, _rules(floor)
    assert entry is not None
    about: dict[str, Any] = {"attempt_id": entry.attempt_id} if entry.attempt_id is not None else {}
    entry.attempt_id, entry.turn_near = None, False
    floor.line.remove(call.id)
    floor.positions.moved(call)
    if reason in FINAL or entry.attempts >= rules.attempts:
        floor.record(Kind.CALLBACK_FAILED, now, call.id, reason=reason, **about)
        floor.end(call, now, "system")
        return
    entry.not_before = now + timedelta(seconds=rules.spacing_s)
    floor.record(Kind.CALLBACK_FAILED, now, call.id, reason=reason, next_at=entry.not_before.isoformat(), **about)
    floor.wake_at(entry.not_before, ("callback", call.id))
