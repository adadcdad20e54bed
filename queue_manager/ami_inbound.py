"""An AMI message -> an event, or None.

A message is a mapping of lower-case header names to a text, or to a list where the header came more than once.
Everything in it is hostile until checked here: lengths, alphabets and numbers. What concerns us but cannot be read is
counted in `refused`; a caller is never lost for a field that is wrong, only for a missing identity.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

from contact_centre.channel_vars import NET_OFFER, UserEventName, Var
from contact_centre.model import Language, language_skill
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager.callback_events import CallbackFailed, CallbackFailure, CallbackWanted

Message = Mapping[str, str | list[str]]

CALL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,47}")
OFFER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
SKILL = re.compile(r"(language|agency):[a-z0-9][a-z0-9-]{0,59}")
CHANNEL = re.compile(r"[A-Za-z0-9_]{1,20}/[A-Za-z0-9@_./-]{1,100}")
UNIQUEID = re.compile(r"[A-Za-z0-9_.-]{1,150}")
ENDPOINT = re.compile(r"agent-[0-9]{1,6}")
AGENT_CHANNEL = re.compile(r"PJSIP/(agent-[0-9]{1,6})-[0-9a-f]{1,16}")
ENTRY = re.compile(r"main|[0-9]{2}")
MOST_SKILLS = 20
MOST_PRIORITY = 100_000

DIAL_STATUS: Mapping[str, e.OfferFailure] = {
    "NOANSWER": "no_answer",
    "BUSY": "busy",
    "CHANUNAVAIL": "unreachable",
    "CONGESTION": "unreachable",
    "CANCEL": "withdrawn",
    "STALE": "withdrawn",
}
RECORDING: Mapping[str, Literal["armed", "refused"]] = {"armed": "armed", "refused": "refused"}
CALLBACK_ENDED: Mapping[str, CallbackFailure] = {"taken": "left", "declined": "declined", "answered": "not_taken"}
"""What the channel that calls back was doing when it ended -> what came of the attempt."""
OUT_OF_REACH = frozenset({1, 2, 3, 20, 22, 27, 28, 34, 38, 41, 42, 44, 58})
ENGAGED = frozenset({17, 21})
"""Q.850 causes of a channel that nobody answered; any other is no answer."""
GONE = frozenset({"Removed", "Unreachable"})
THERE = frozenset({"Created", "Reachable", "NonQualified", "Updated", "RTT"})


def text(message: Message, name: str) -> str:
    """One header; the last where it came more than once, empty where it is missing."""
    value = message.get(name, "")
    return value if isinstance(value, str) else (value[-1] if value else "")


def variables(message: Message) -> dict[str, str]:
    """The `CC_*` channel variables that came with a message."""
    raw = message.get("chanvariable", [])
    found = {}
    for item in [raw] if isinstance(raw, str) else raw:
        name, _, value = item.partition("=")
        if name.startswith("CC_") and value:
            found[name] = value[:500]
    return found


def matching(pattern: re.Pattern[str], value: str | None) -> str | None:
    """The value when all of it fits the pattern."""
    return value if value is not None and pattern.fullmatch(value) else None


def whole_number(value: str | None, most: int) -> int | None:
    """A number from 0 to `most`."""
    if value is None or not (value.isascii() and value.isdigit()) or len(value) > 15:
        return None
    return int(value) if int(value) <= most else None


def instant(value: str | None) -> datetime | None:
    """Seconds since 1970, with decimals, as an instant."""
    if value is None or not re.fullmatch(r"[0-9]{1,11}(\.[0-9]{1,9})?", value):
        return None
    try:
        return datetime.fromtimestamp(float(value), UTC)
    except (OverflowError, OSError, ValueError):
        return None


def last_agent(value: str | None) -> tuple[int, datetime] | None:
    """`7@1790000000`: an agent's row id, and when they talked."""
    id_, at, when = (value or "").partition("@")
    agent_id, spoke = whole_number(id_, 2**31), instant(when)
    return (agent_id, spoke) if at and agent_id and spoke is not None else None


def read_wish(seen: Mapping[str, str]) -> e.Wish:
    """What a call needs, from its variables; what is wrong or missing becomes the least special wish."""
    language: Language = "sw" if seen.get(Var.LANGUAGE) == "sw" else "en"
    skills = {skill for skill in seen.get(Var.SKILLS, "").split("|")[:MOST_SKILLS] if SKILL.fullmatch(skill)}
    if not any(skill.startswith("language:") for skill in skills):
        skills.add(language_skill(language))
    return e.Wish(
        language=language,
        queue=matching(SLUG, seen.get(Var.QUEUE)) or "general",
        skills=frozenset(skills),
        priority=whole_number(seen.get(Var.PRIORITY), MOST_PRIORITY) or 0,
        agency=matching(SLUG, seen.get(Var.AGENCY)),
        service=matching(SLUG, seen.get(Var.SERVICE)),
        waiting_since=instant(seen.get(Var.WAITING_SINCE)),
        last_agent=last_agent(seen.get(Var.LAST_AGENT)),
        recording=RECORDING.get(seen.get(Var.RECORDING, "")),
        callback_id=matching(OFFER_ID, seen.get(Var.CALLBACK_ID)),
    )


class Inbound:
    """Reads messages; keeps count of those it had to refuse."""

    def __init__(self) -> None:
        """Nothing refused yet."""
        self.refused: Counter[str] = Counter()

    def read(self, message: Message) -> e.Event | CallbackWanted | None:
        """The event a message tells of; None when it is not for us, or cannot be believed."""
        name = text(message, "event")
        reader = READERS.get(name)
        if name == "UserEvent":
            reader = USER_EVENTS.get(text(message, "userevent"))
        if reader is None:
            return None
        event = reader(message)
        if event is None and name == "UserEvent":
            self.refused[text(message, "userevent")] += 1
        return event


def _identity(message: Message) -> tuple[str, str, str] | None:
    call_id = matching(CALL_ID, text(message, "callid"))
    channel = matching(CHANNEL, text(message, "channel"))
    uniqueid = matching(UNIQUEID, text(message, "uniqueid"))
    return (call_id, channel, uniqueid) if call_id and channel and uniqueid else None


def _call_entered(message: Message) -> e.Event | None:
    identity = _identity(message)
    return e.CallEntered(*identity) if identity else None


def _call_failed(message: Message) -> e.Event | None:
    identity, seen = _identity(message), variables(message)
    if identity is None:
        return None
    entry = matching(ENTRY, seen.get(Var.ENTRY)) or "main"
    return e.CallFailed(*identity, entry, whole_number(seen.get(Var.NUMBER_ID), 2**53))


def _call_waiting(message: Message) -> e.Event | None:
    identity = _identity(message)
    return e.CallWaiting(*identity, read_wish(variables(message))) if identity else None


def _call_netted(message: Message) -> e.Event | None:
    identity = _identity(message)
    return e.CallNetted(*identity, read_wish(variables(message))) if identity else None


def _net_rings(message: Message) -> e.Event | None:
    leg = net_leg(message)
    return e.NetRings(*leg) if leg else None


def _net_answered(message: Message) -> e.Event | None:
    leg = net_leg(message)
    return e.NetAnswered(*leg, text(message, "channel")) if leg else None


def net_leg(message: Message) -> tuple[str, str, str] | None:
    """The call, the offer and the endpoint of an agent's channel that Asterisk's own queue made."""
    seen, endpoint = variables(message), AGENT_CHANNEL.fullmatch(text(message, "channel"))
    call_id, offer_id = matching(CALL_ID, seen.get(Var.CALL_ID)), matching(OFFER_ID, seen.get(Var.OFFER_ID))
    if not (call_id and offer_id and endpoint and offer_id.startswith(NET_OFFER)):
        return None
    return call_id, offer_id, endpoint[1]


def _callback_asked(message: Message) -> CallbackWanted | None:
    identity = _identity(message)
    if identity is None:
        return None
    caller = text(message, "calleridnum")[:40]
    wish = read_wish(variables(message))
    return CallbackWanted(*identity, wish, text(message, "number")[:40] or caller, caller)


def _callback_failed(message: Message, seen: Mapping[str, str]) -> e.Event | None:
    call_id, attempt_id = matching(CALL_ID, seen.get(Var.CALL_ID)), matching(OFFER_ID, seen.get(Var.CALLBACK_ID))
    cause = whole_number(text(message, "cause"), 127) or 0
    reason = CALLBACK_ENDED.get(seen.get(Var.CALLBACK, ""), "no_answer")
    if reason == "no_answer" and cause in ENGAGED | OUT_OF_REACH:
        reason = "busy" if cause in ENGAGED else "unreachable"
    return CallbackFailed(call_id, attempt_id, reason) if call_id and attempt_id else None


def _about_offer(kind: Callable[[str, str], e.Event]) -> Callable[[Message], e.Event | None]:
    def read(message: Message) -> e.Event | None:
        call_id = matching(CALL_ID, text(message, "callid"))
        offer_id = matching(OFFER_ID, text(message, "offerid"))
        return kind(call_id, offer_id) if call_id and offer_id else None

    return read


def _offer_failed(message: Message) -> e.Event | None:
    call_id = matching(CALL_ID, text(message, "callid"))
    offer_id = matching(OFFER_ID, text(message, "offerid"))
    if not call_id or not offer_id:
        return None
    return e.OfferFailed(call_id, offer_id, DIAL_STATUS.get(text(message, "reason"), "unreachable"))


def _offer_answered(message: Message) -> e.Event | None:
    call_id = matching(CALL_ID, text(message, "callid"))
    offer_id = matching(OFFER_ID, text(message, "offerid"))
    leg = matching(AGENT_CHANNEL, text(message, "channel"))
    return e.OfferAnswered(call_id, offer_id, leg or "") if call_id and offer_id else None


def _about_call_out(message: Message) -> e.Event | None:
    call_id = matching(CALL_ID, text(message, "callid"))
    offer_id = matching(OFFER_ID, text(message, "offerid"))
    if not call_id or not offer_id:
        return None
    match text(message, "userevent"):
        case UserEventName.CITIZEN_RINGS:
            leg = matching(AGENT_CHANNEL, text(message, "channel"))
            return out.CitizenRings(call_id, offer_id, leg) if leg else None
        case UserEventName.CITIZEN_ANSWERED:
            identity = _identity(message)
            return out.CitizenAnswered(call_id, offer_id, *identity[1:]) if identity else None
        case UserEventName.CITIZEN_JOINED:
            return out.CitizenJoined(call_id, offer_id, read_wish(variables(message)))
        case _:
            return out.CitizenNotReached(call_id, offer_id, DIAL_STATUS.get(text(message, "reason"), "unreachable"))


def _survey_answered(message: Message) -> e.Event | None:
    call_id, score = matching(CALL_ID, text(message, "callid")), whole_number(text(message, "score"), 5)
    return out.SurveyAnswered(call_id, score) if call_id and score else None


def _about_transfer(message: Message) -> e.Event | None:
    call_id = matching(CALL_ID, text(message, "callid"))
    transfer_id = matching(OFFER_ID, text(message, "transferid"))
    if not call_id or not transfer_id:
        return None
    match text(message, "userevent"):
        case UserEventName.TRANSFER_ANSWERED:
            leg = matching(AGENT_CHANNEL, text(message, "channel"))
            return e.TransferAnswered(call_id, transfer_id, leg) if leg else None
        case UserEventName.TRANSFER_FAILED:
            return e.TransferFailed(call_id, transfer_id, DIAL_STATUS.get(text(message, "reason"), "unreachable"))
        case _:
            return e.ConsultEnded(call_id, transfer_id)


def _conference_joined(message: Message) -> e.Event | None:
    call_id, leg = matching(CALL_ID, text(message, "callid")), AGENT_CHANNEL.fullmatch(text(message, "channel"))
    return e.ConferenceJoined(call_id, leg[1], leg[0]) if call_id and leg else None


def _leg_ended(message: Message, seen: Mapping[str, str]) -> e.Event | None:
    call_id, leg = matching(CALL_ID, seen.get(Var.CALL_ID)), AGENT_CHANNEL.fullmatch(text(message, "channel"))
    return e.LegEnded(call_id, leg[1], leg[0]) if call_id and leg else None


def _hangup(message: Message) -> e.Event | None:
    seen, uniqueid = variables(message), matching(UNIQUEID, text(message, "uniqueid"))
    if seen.get(Var.LEG) == "agent":
        return _leg_ended(message, seen)
    if uniqueid is None or seen.get(Var.LEG) != "caller":
        return None
    if seen.get(Var.CALLBACK_ID) and seen.get(Var.STATE) == CallState.CALLBACK:
        return _callback_failed(message, seen)
    return e.CallerLeft(
        matching(CALL_ID, seen.get(Var.CALL_ID)), uniqueid, whole_number(text(message, "cause"), 127) or 0
    )


def _hold(kind: Callable[[str], e.Event]) -> Callable[[Message], e.Event | None]:
    def read(message: Message) -> e.Event | None:
        found = AGENT_CHANNEL.fullmatch(text(message, "channel"))
        return kind(found[1]) if found else None

    return read


def _contact(message: Message) -> e.Event | None:
    endpoint = matching(ENDPOINT, text(message, "endpointname") or text(message, "aor"))
    contact, status = text(message, "uri")[:300], text(message, "contactstatus")
    if endpoint is None or not contact:
        return None
    if status in GONE:
        return e.PhoneUnregistered(endpoint, contact)
    return e.PhoneRegistered(endpoint, contact) if status in THERE else None


USER_EVENTS: Mapping[str, Callable[[Message], e.Event | CallbackWanted | None]] = {
    UserEventName.CALL_ENTERED: _call_entered,
    UserEventName.CALL_FAILED: _call_failed,
    UserEventName.CALL_WAITING: _call_waiting,
    UserEventName.OFFER_STARTED: _about_offer(e.OfferStarted),
    UserEventName.OFFER_ANSWERED: _offer_answered,
    UserEventName.SURVEY_ANSWERED: _survey_answered,
    UserEventName.CITIZEN_RINGS: _about_call_out,
    UserEventName.CITIZEN_ANSWERED: _about_call_out,
    UserEventName.CITIZEN_JOINED: _about_call_out,
    UserEventName.CITIZEN_NOT_REACHED: _about_call_out,
    UserEventName.TRANSFER_ANSWERED: _about_transfer,
    UserEventName.TRANSFER_FAILED: _about_transfer,
    UserEventName.CONSULT_ENDED: _about_transfer,
    UserEventName.CONFERENCE_JOINED: _conference_joined,
    UserEventName.OFFER_FAILED: _offer_failed,
    UserEventName.AGENT_LOST: _about_offer(e.AgentLost),
    UserEventName.REJOIN_FAILED: _about_offer(e.RejoinFailed),
    UserEventName.CALLBACK_ASKED: _callback_asked,
    UserEventName.CALL_NETTED: _call_netted,
    UserEventName.NET_RINGS: _net_rings,
    UserEventName.NET_ANSWERED: _net_answered,
}
READERS: Mapping[str, Callable[[Message], e.Event | CallbackWanted | None]] = {
    "Hangup": _hangup,
    "Hold": _hold(e.AgentHeld),
    "Unhold": _hold(e.AgentResumed),
    "ContactStatus": _contact,
}
