"""Asterisk's own lists -> one `Snapshot`.

The items of `PJSIPShowContacts` and then `CoreShowChannels` arrive as messages among the others, so the snapshot takes
its place in the inbox where it was taken. A channel that hangs up while the list is read is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from contact_centre.channel_vars import NETTED, SURVEYED, Var
from contact_centre.states import CallState
from queue_manager.ami_inbound import (
    AGENT_CHANNEL,
    CALL_ID,
    CHANNEL,
    ENDPOINT,
    GONE,
    OFFER_ID,
    UNIQUEID,
    Message,
    matching,
    net_leg,
    read_wish,
    text,
    variables,
)
from queue_manager.events import SeenCall, SeenLeg, Snapshot
from queue_manager.events_out import SeenDial

STATES = {state.value: state for state in CallState if state not in (CallState.HELD, CallState.ENDED)}
IN_CONFERENCE = "conference"
UP = "6"
"""A channel's state when it was answered."""
PLACES: Mapping[str, Literal["", "consulting", "conference"]] = {"consulting": "consulting", "conference": "conference"}


class SnapshotReader:
    """Collects the items of one snapshot; each completed list of channels gives it."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self._calls: dict[str, SeenCall] = {}
        self._contacts: dict[str, set[str]] = {}
        self._legs: dict[str, tuple[str, SeenLeg]] = {}
        self._dials: dict[str, SeenDial] = {}
        self._net_legs: dict[str, tuple[str, str, bool]] = {}
        """Call -> offer, endpoint and whether it was answered, of agents whom Asterisk's own queue rang."""

    def begin(self) -> None:
        """A new snapshot was asked for: forget the items of one that never ended."""
        self._calls.clear()
        self._contacts.clear()
        self._legs.clear()
        self._dials.clear()
        self._net_legs.clear()

    def read(self, message: Message) -> Snapshot | None:
        """Take a message; the one that completes the snapshot gives it."""
        match text(message, "event"):
            case "CoreShowChannel":
                call = _seen_call(message)
                if call is not None:
                    self._calls[call.uniqueid] = call
                elif (dial := _seen_dial(message)) is not None:
                    self._dials[text(message, "uniqueid")] = dial
                elif (leg := _seen_leg(message)) is not None:
                    self._legs[text(message, "uniqueid")] = leg
                    if (net := net_leg(message)) is not None:
                        self._net_legs[net[0]] = (*net[1:], leg[1].up)
            case "ContactList":
                endpoint = matching(ENDPOINT, text(message, "endpoint") or text(message, "aor"))
                contact = text(message, "uri")[:300]
                if endpoint and contact and text(message, "status") not in GONE:
                    self._contacts.setdefault(endpoint, set()).add(contact)
            case "Hangup":
                self._calls.pop(text(message, "uniqueid"), None)
                self._dials.pop(text(message, "uniqueid"), None)
                gone = self._legs.pop(text(message, "uniqueid"), None)
                if gone is not None:
                    self._net_legs.pop(gone[0], None)
            case "CoreShowChannelsComplete":
                contacts = {endpoint: frozenset(found) for endpoint, found in self._contacts.items()}
                calls = map(self._with_its_agent, map(self._with_legs, self._calls.values()))
                taken = Snapshot(tuple(calls), contacts, self._stray(), tuple(self._dials.values()))
                self.begin()
                return taken
        return None

    def _with_its_agent(self, call: SeenCall) -> SeenCall:
        """A call in Asterisk's own queue waits, rings or talks as its agent's leg says."""
        leg = self._net_legs.get(call.call_id)
        if not call.netted or leg is None:
            return call
        offer_id, endpoint, up = leg
        state = CallState.CONNECTED if up else CallState.OFFERED
        return replace(call, state=state, offer_id=offer_id, endpoint=endpoint)

    def _with_legs(self, call: SeenCall) -> SeenCall:
        legs = tuple(leg for call_id, leg in self._legs.values() if call_id == call.call_id)
        if not call.in_conference:
            return replace(call, legs=legs)
        together = any(leg.up and leg.place == IN_CONFERENCE for leg in legs)
        return replace(call, legs=legs, state=CallState.CONNECTED if together else CallState.TRANSFERRING)

    def _stray(self) -> tuple[str, ...]:
        calls = {call.call_id for call in self._calls.values()}
        return tuple(leg.channel for call_id, leg in self._legs.values() if leg.place and call_id not in calls)


def _seen_leg(message: Message) -> tuple[str, SeenLeg] | None:
    seen, channel = variables(message), AGENT_CHANNEL.fullmatch(text(message, "channel"))
    call_id = matching(CALL_ID, seen.get(Var.CALL_ID))
    if seen.get(Var.LEG) != "agent" or channel is None or call_id is None:
        return None
    place = PLACES.get(seen.get(Var.STATE, ""), "")
    return call_id, SeenLeg(channel[1], channel[0], text(message, "channelstate") == UP, place)


def _seen_dial(message: Message) -> SeenDial | None:
    """An agent's channel in `[call-out]`."""
    seen, channel = variables(message), AGENT_CHANNEL.fullmatch(text(message, "channel"))
    call_id, offer_id = matching(CALL_ID, seen.get(Var.CALL_ID)), matching(OFFER_ID, seen.get(Var.OFFER_ID))
    ours = seen.get(Var.LEG) == "agent" and seen.get(Var.STATE) == CallState.DIALLING
    if not ours or channel is None or call_id is None or offer_id is None:
        return None
    up = text(message, "channelstate") == UP
    return SeenDial(call_id, offer_id, channel[1], channel[0], up, read_wish(seen))


def _seen_call(message: Message) -> SeenCall | None:
    seen = variables(message)
    call_id = matching(CALL_ID, seen.get(Var.CALL_ID))
    channel = matching(CHANNEL, text(message, "channel"))
    uniqueid = matching(UNIQUEID, text(message, "uniqueid"))
    netted = seen.get(Var.STATE) == NETTED
    over = seen.get(Var.STATE) == SURVEYED
    if seen.get(Var.LEG) != "caller" or over or not (call_id and channel and uniqueid):
        return None
    return SeenCall(
        call_id,
        channel,
        uniqueid,
        CallState.WAITING if netted else STATES.get(seen.get(Var.STATE, ""), CallState.IVR),
        read_wish(seen),
        matching(OFFER_ID, seen.get(Var.OFFER_ID)),
        matching(ENDPOINT, seen.get(Var.OFFER_AGENT)),
        in_conference=seen.get(Var.STATE) == IN_CONFERENCE,
        transfer_id=matching(OFFER_ID, seen.get(Var.TRANSFER_ID)),
        transfer_to=matching(ENDPOINT, seen.get(Var.TRANSFER_TO)),
        netted=netted,
        callback_offered=seen.get(Var.CALLBACK, "") != "",
    )
