"""Asterisk's own lists -> one `Snapshot`.

The items of `PJSIPShowContacts` and then `CoreShowChannels` arrive as messages among the others, so the snapshot takes
its place in the inbox where it was taken. A channel that hangs up while the list is read is left out.
"""

from __future__ import annotations

from contact_centre.channel_vars import Var
from contact_centre.states import CallState
from queue_manager.ami_inbound import (
    CALL_ID,
    CHANNEL,
    ENDPOINT,
    GONE,
    OFFER_ID,
    UNIQUEID,
    Message,
    matching,
    read_wish,
    text,
    variables,
)
from queue_manager.events import SeenCall, Snapshot

STATES = {state.value: state for state in CallState if state not in (CallState.HELD, CallState.ENDED)}


class SnapshotReader:
    """Collects the items of one snapshot; each completed list of channels gives it."""

    def __init__(self) -> None:
        """Nothing read yet."""
        self._calls: dict[str, SeenCall] = {}
        self._contacts: dict[str, set[str]] = {}

    def begin(self) -> None:
        """A new snapshot was asked for: forget the items of one that never ended."""
        self._calls.clear()
        self._contacts.clear()

    def read(self, message: Message) -> Snapshot | None:
        """Take a message; the one that completes the snapshot gives it."""
        match text(message, "event"):
            case "CoreShowChannel":
                call = _seen_call(message)
                if call is not None:
                    self._calls[call.uniqueid] = call
            case "ContactList":
                endpoint = matching(ENDPOINT, text(message, "endpoint") or text(message, "aor"))
                contact = text(message, "uri")[:300]
                if endpoint and contact and text(message, "status") not in GONE:
                    self._contacts.setdefault(endpoint, set()).add(contact)
            case "Hangup":
                self._calls.pop(text(message, "uniqueid"), None)
            case "CoreShowChannelsComplete":
                contacts = {endpoint: frozenset(found) for endpoint, found in self._contacts.items()}
                taken = Snapshot(tuple(self._calls.values()), contacts)
                self.begin()
                return taken
        return None


def _seen_call(message: Message) -> SeenCall | None:
    seen = variables(message)
    call_id = matching(CALL_ID, seen.get(Var.CALL_ID))
    channel = matching(CHANNEL, text(message, "channel"))
    uniqueid = matching(UNIQUEID, text(message, "uniqueid"))
    if seen.get(Var.LEG) != "caller" or not (call_id and channel and uniqueid):
        return None
    return SeenCall(
        call_id,
        channel,
        uniqueid,
        STATES.get(seen.get(Var.STATE, ""), CallState.IVR),
        read_wish(seen),
        matching(OFFER_ID, seen.get(Var.OFFER_ID)),
        matching(ENDPOINT, seen.get(Var.OFFER_AGENT)),
    )
