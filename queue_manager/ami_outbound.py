"""A command -> the AMI actions that do it, in order. The last action's response decides whether it was accepted."""

from __future__ import annotations

from datetime import datetime

from contact_centre.channel_vars import CALL_TO, GlobalVar, Var, wire_safe
from contact_centre.states import CallState
from queue_manager.allowed_numbers import Allowed, judge
from queue_manager.callback_commands import DialCallback, KeepPlace, OfferCallback, RefuseCallback
from queue_manager.commands import (
    AnnouncePosition,
    AnnounceWait,
    AskSurvey,
    BackToCaller,
    BringBack,
    CallOut,
    Command,
    Consult,
    EndCall,
    EndLeg,
    HandOver,
    JoinAll,
    NameAgent,
    OfferCall,
    OverflowCall,
    RaisePriority,
    SendToColleague,
    SendToQueue,
    TurnAway,
    WithdrawOffer,
)

Action = dict[str, str]

NORMAL_CLEARING = "16"
"""Q.850 cause of an ordinary end."""


def actions(command: Command) -> list[Action]:
    """The actions of a command; none for those that are not Asterisk's."""
    match command:
        case OfferCall():
            return [
                _set(command.channel, Var.OFFER_ID, command.offer_id),
                _set(command.channel, Var.OFFER_AGENT, command.endpoint),
                _set(command.channel, Var.RING_S, str(command.ring_s)),
                _set(command.channel, Var.EPOCH, str(command.epoch)),
                redirect(command.channel, "offer"),
            ]
        case WithdrawOffer():
            # the leg's number is not known here; a pattern finds it, and there is at most one
            name = "".join(c for c in command.endpoint if (c.isascii() and c.isalnum()) or c == "-")[:40]
            leg = f"/^PJSIP\\/{name}-[0-9a-f]+$/"
            return [{"Action": "Hangup", "Channel": leg, "Cause": NORMAL_CLEARING}]
        case EndCall():
            return [{"Action": "Hangup", "Channel": channel_name(command.channel), "Cause": NORMAL_CLEARING}]
        case AskSurvey():
            return [redirect(command.channel, "survey")]
        case CallOut():
            return call_out(command)
        case AnnouncePosition():
            return [_set(command.channel, Var.POSITION, str(command.position))]
        case AnnounceWait():
            value = f"{command.low_min}-{command.high_min or 0}-{int(command.longer)}"
            return [_set(command.channel, Var.EXPECTED_WAIT, value)]
        case RaisePriority():
            return [_set(command.channel, Var.PRIORITY, str(command.priority))]
        case SendToQueue():
            wish = {
                Var.QUEUE: command.queue,
                Var.AGENCY: command.agency or "",
                Var.SKILLS: "|".join(sorted(command.skills)),
                Var.PRIORITY: str(command.priority),
                Var.WAITING_SINCE: f"{command.waiting_since.timestamp():.3f}",
                Var.POSITION: "0",
                Var.DEADLINE: "0",  # counted anew by the dialplan
            }
            return [
                *(_set(command.channel, variable, value) for variable, value in wish.items()),
                _epoch(command.channel, command.epoch),
                redirect(command.channel, "waiting"),
            ]
        case OverflowCall():
            return [
                _set(command.channel, Var.QUEUE, command.queue),
                _set(command.channel, Var.SKILLS, "|".join(sorted(command.skills))),
                _set(command.channel, Var.LAST_AGENT, ""),
            ]
        case TurnAway():
            return [
                _set(command.channel, Var.TURNED_AWAY, command.reason),
                *([_set(command.channel, Var.OPENS, command.opens)] if command.opens else []),
                *([_set(command.channel, Var.CALLBACK, "offer")] if command.callback else []),
                redirect(command.channel, "turned-away"),
            ]
        case OfferCallback():
            return [_set(command.channel, Var.CALLBACK, "offer")]
        case KeepPlace():
            return [_set(command.channel, Var.CALLBACK, "kept"), redirect(command.channel, "callback-kept")]
        case RefuseCallback():
            return [_set(command.channel, Var.CALLBACK, command.reason.replace("_", "-"))]
        case _:
            return transfer_actions(command)


def call_out(command: CallOut) -> list[Action]:
    """Ring the agent's phone, which then dials; nothing for a number that may not be dialled."""
    allowed, wish = judge(command.number), command.wish
    if not isinstance(allowed, Allowed):
        return []
    values = {
        "PJSIP_HEADER(add,X-CC-Call-Id)": command.call_id,
        "PJSIP_HEADER(add,X-CC-Offer-Id)": command.offer_id,
        "PJSIP_HEADER(add,X-CC-Answer)": "auto",
        CALL_TO: allowed.digits,
        Var.CALL_ID: command.call_id,
        Var.OFFER_ID: command.offer_id,
        Var.OFFER_AGENT: command.endpoint,
        Var.TRANSFER_ID: command.offer_id,
        Var.LEG: "agent",
        Var.STATE: "dialling",
        Var.EPOCH: str(command.epoch),
        Var.LANGUAGE: wish.language,
        Var.QUEUE: wish.queue,
        Var.AGENCY: wish.agency or "",
        Var.SKILLS: "|".join(sorted(wish.skills)),
        Var.PRIORITY: str(wish.priority),
    }
    return [
        {
            "Action": "Originate",
            "Channel": channel_name(f"PJSIP/{command.endpoint}"),
            "Context": "call-out",
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(command.ring_s * 1000),
            "Async": "true",
            "Variable": ",".join(f"{name}={wire_safe(value)}" for name, value in values.items()),
        }
    ]


def transfer_actions(command: Command) -> list[Action]:
    """The actions of a transfer's command. Two channels are moved by one Redirect, so neither ends with the other.

    Whatever is moved carries the epoch of who moved it: `[transfer]` and `[consult]` send back what an older leader
    ordered; the other moves bring agents to the caller, which no order of a newer leader contradicts.
    """
    match command:
        case SendToColleague():
            return [
                *_colleague(command.channel, command),
                *_moved(command, [command.channel]),
                redirect(command.channel, "transfer"),
            ]
        case Consult():
            both = redirect(command.channel, "conference", "caller") | _extra(command.leg, "consult", "s")
            named = [*_colleague(command.channel, command), *_colleague(command.leg, command)]
            return [*named, *_moved(command, [command.channel, command.leg]), both]
        case JoinAll():
            both = redirect(command.leg, "conference", "agent") | _extra(command.colleague, "conference", "agent")
            return [*_moved(command, [command.leg, command.colleague]), both]
        case HandOver():
            both = redirect(command.colleague, "conference", "agent") | _extra(command.leg, "conference", "left")
            return [*_moved(command, [command.colleague]), both]
        case BackToCaller():
            return [*_moved(command, [command.leg]), redirect(command.leg, "conference", "agent")]
        case NameAgent():
            return [
                _set(command.channel, Var.OFFER_ID, command.offer_id),
                _set(command.channel, Var.OFFER_AGENT, command.endpoint),
            ]
        case BringBack():
            return [*_moved(command, [command.channel]), redirect(command.channel, "rejoin")]
        case EndLeg():
            return [{"Action": "Hangup", "Channel": channel_name(command.leg), "Cause": NORMAL_CLEARING}]
        case _:
            return []


def originate(command: DialCallback, number: str, shown: str) -> Action:
    """Call a citizen back, into `[callback]`: the one action that makes the house dial outward.

    The attempt's id is the channel's, so that the attempt can be found among Asterisk's channels whatever became of us.
    """
    known = {
        Var.CALL_ID: command.call_id,
        Var.CALLBACK_ID: command.attempt_id,
        Var.LEG: "caller",
        Var.STATE: CallState.CALLBACK,
        Var.LANGUAGE: command.language,
        Var.QUEUE: command.queue,
        Var.SKILLS: "|".join(sorted(command.skills)),
        Var.PRIORITY: str(command.priority),
        Var.AGENCY: command.agency or "",
        Var.SERVICE: command.service or "",
        Var.WAITING_SINCE: f"{command.waiting_since.timestamp():.3f}",
    }
    return {
        "Action": "Originate",
        "ActionID": wire_safe(command.attempt_id),
        "ChannelId": wire_safe(command.attempt_id),
        "Channel": f"PJSIP/{_digits(number)}@trunk",
        "Context": "callback",
        "Exten": "s",
        "Priority": "1",
        "CallerID": f"<{_digits(shown)}>",
        "Timeout": str(command.ring_s * 1000),
        "Async": "true",
        "Variable": ",".join(f"{name.value}={wire_safe(value)}" for name, value in known.items()),
    }


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isascii() and (c.isdigit() or c == "+"))[:16]


def _colleague(channel: str, command: SendToColleague | Consult) -> list[Action]:
    return [
        _set(channel, Var.TRANSFER_ID, command.transfer_id),
        _set(channel, Var.TRANSFER_TO, command.endpoint),
        _set(channel, Var.RING_S, str(command.ring_s)),
    ]


def _moved(
    command: SendToColleague | Consult | JoinAll | HandOver | BackToCaller | BringBack, channels: list[str]
) -> list[Action]:
    return [_epoch(channel, command.epoch) for channel in channels]


def _epoch(channel: str, epoch: int) -> Action:
    return _set(channel, Var.EPOCH, str(epoch))


def _extra(channel: str, context: str, exten: str) -> Action:
    return {
        "ExtraChannel": channel_name(channel),
        "ExtraContext": context,
        "ExtraExten": exten,
        "ExtraPriority": "1",
    }


def router_seen(now: datetime) -> Action:
    """The leader's sign of life, read by the dialplan's safety net."""
    return {"Action": "Setvar", "Variable": GlobalVar.ROUTER_SEEN.value, "Value": str(int(now.timestamp()))}


def leader_epoch(epoch: int) -> Action:
    """From here on, offers of an older leader are sent back."""
    return {"Action": "Setvar", "Variable": GlobalVar.EPOCH.value, "Value": str(epoch)}


def redirect(channel: str, context: str, exten: str = "s") -> Action:
    """Send a channel to another place of the dialplan. One that does not exist there would hang it up."""
    return {
        "Action": "Redirect",
        "Channel": channel_name(channel),
        "Context": context,
        "Exten": exten,
        "Priority": "1",
    }


def channel_name(channel: str) -> str:
    """A channel name as it may stand on an AMI line: Asterisk made it, and it is cut to its own alphabet again."""
    return "".join(c for c in channel if (c.isascii() and c.isalnum()) or c in "@_./-")[:140]


def _set(channel: str, variable: Var, value: str) -> Action:
    return {
        "Action": "Setvar",
        "Channel": channel_name(channel),
        "Variable": variable.value,
        "Value": wire_safe(value),
    }
