"""Transfers in the dialplan as a value: legs that ring, speak, stand in the caller's conference, and fall away.

What each context's next step does is written in `asterisk_conf/templates/extensions.conf.j2`; here it is again, small.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager.commands import (
    BackToCaller,
    BringBack,
    Command,
    Consult,
    HandOver,
    JoinAll,
    NameAgent,
    SendToColleague,
    SendToQueue,
)

Place = Literal["dial", "ringing", "consulting", "consulted", "conference"]
MOVES = BackToCaller | BringBack | Consult | HandOver | JoinAll | NameAgent | SendToColleague | SendToQueue
NUMBERS = count(1)


@dataclass
class Leg:
    """An agent's leg of a call."""

    endpoint: str
    place: Place
    name: str = ""

    def __post_init__(self) -> None:
        self.name = f"PJSIP/{self.endpoint}-{next(NUMBERS):08x}"


@dataclass
class Channel:
    """One caller's channel, with its agents' legs."""

    call_id: str
    wish: e.Wish
    state: CallState = CallState.WAITING
    offer_id: str | None = None
    endpoint: str | None = None
    in_conference: bool = False
    transfer_id: str | None = None
    transfer_to: str | None = None
    legs: dict[str, Leg] = field(default_factory=dict)
    sent: deque[e.Event] = field(default_factory=deque)
    """Raised, not yet heard by the router."""
    listened: Callable[[], bool] = lambda: True
    attempt_id: str | None = None
    """It calls the citizen back."""
    callback_told: bool = False
    """The caller was told that they may be called back."""

    @property
    def name(self) -> str:
        """Its name in Asterisk."""
        return f"PJSIP/trunk-{self.attempt_id or self.call_id}"

    @property
    def uniqueid(self) -> str:
        """Its own id."""
        return self.attempt_id or f"u-{self.call_id}"

    def tell(self, event: e.Event) -> None:
        """Raise an event, if anybody listens."""
        if self.listened():
            self.sent.append(event)

    def at(self, place: Place) -> Leg | None:
        """The leg in a place."""
        return next((leg for leg in self.legs.values() if leg.place == place), None)

    def drop(self, leg: Leg | None) -> None:
        """A leg ends; nothing follows by itself."""
        if leg is not None and self.legs.pop(leg.name, None) is not None:
            self.tell(e.LegEnded(self.call_id, leg.endpoint, leg.name))

    def drop_all(self) -> None:
        """Every leg ends."""
        for leg in list(self.legs.values()):
            self.drop(leg)

    def put(self, endpoint: str, place: Place) -> Leg:
        """A new leg."""
        leg = Leg(endpoint, place)
        self.legs[leg.name] = leg
        return leg

    def wait(self) -> None:
        """In `[waiting]`."""
        self.state, self.in_conference = CallState.WAITING, False
        self.tell(e.CallWaiting(self.call_id, self.name, self.uniqueid, self.wish))

    def rejoin(self) -> None:
        """In `[rejoin]`."""
        self.state, self.in_conference = CallState.REJOINING, False
        self.tell(e.AgentLost(self.call_id, self.offer_id or ""))

    def obey(self, command: Command) -> None:
        """Carry out a transfer's order; legs that are gone make Asterisk refuse it."""
        match command:
            case SendToQueue():
                self.drop_all()
                since = command.waiting_since
                self.wish = e.Wish(
                    self.wish.language, command.queue, command.skills, command.priority, waiting_since=since,
                    callback_id=self.attempt_id,
                )  # fmt: skip
                self.wait()
            case SendToColleague():
                self.drop_all()
                self.transfer_id, self.transfer_to = command.transfer_id, command.endpoint
                self.state, self.in_conference = CallState.TRANSFERRING, False
                self.put(command.endpoint, "ringing")
            case Consult():
                self.transfer_id, self.transfer_to = command.transfer_id, command.endpoint
                if self._refuses(command, command.leg):
                    return
                self.legs[command.leg].place = "consulting"
                self.state, self.in_conference = CallState.TRANSFERRING, True
                self.put(command.endpoint, "ringing")
            case JoinAll() if not self._refuses(command, command.leg, command.colleague):
                self._enter(command.leg, command.colleague)
            case HandOver() if not self._refuses(command, command.leg, command.colleague):
                self.drop(self.legs[command.leg])
                self._enter(command.colleague)
            case BackToCaller() if not self._refuses(command, command.leg):
                self.drop(self.at("consulted") or self.at("ringing"))
                self._enter(command.leg)
            case NameAgent():
                self.offer_id, self.endpoint = command.offer_id, command.endpoint
            case BringBack():
                self.drop_all()
                self.rejoin()
            case _:
                pass

    def _refuses(self, command: Consult | JoinAll | HandOver | BackToCaller, *legs: str) -> bool:
        if all(leg in self.legs for leg in legs):
            return False
        self.tell(e.TransferRefused(command.call_id, command.transfer_id))
        return True

    def _enter(self, *legs: str) -> None:
        self.state = CallState.CONNECTED
        for name in legs:
            self.legs[name].place = "conference"
            self.tell(e.ConferenceJoined(self.call_id, self.legs[name].endpoint, name))

    def picks_up(self, leg: Leg) -> None:
        """The colleague who is rung answers."""
        transfer_id = self.transfer_id or ""
        if self.in_conference:
            leg.place = "consulted"
        else:
            leg.place, self.state = "dial", CallState.CONNECTED
            self.offer_id, self.endpoint = transfer_id, leg.endpoint
        self.tell(e.TransferAnswered(self.call_id, transfer_id, leg.name))

    def does_not(self, leg: Leg, reason: e.OfferFailure) -> None:
        """The colleague who is rung does not answer."""
        self.drop(leg)
        self.tell(e.TransferFailed(self.call_id, self.transfer_id or "", reason))
        asker = self.at("consulting")
        if asker is not None:
            self._enter(asker.name)
        else:
            self.rejoin()

    def loses(self, leg: Leg) -> None:
        """A leg that talks breaks off."""
        self.drop(leg)
        if leg.place == "consulted":
            self.tell(e.ConsultEnded(self.call_id, self.transfer_id or ""))
            asker = self.at("consulting")
            assert asker is not None
            self._enter(asker.name)
        elif leg.place == "consulting":
            self.drop_all()
            self.rejoin()
        elif not self.legs:
            self.rejoin()

    def seen(self) -> e.SeenCall:
        """As Asterisk lists it."""
        legs = tuple(self._seen_legs())
        return e.SeenCall(
            self.call_id, self.name, self.uniqueid, self.state, self.wish, self.offer_id, self.endpoint, legs,
            self.in_conference, self.transfer_id, self.transfer_to, callback_offered=self.callback_told,
        )  # fmt: skip

    def goes_on(self) -> None:
        """Whoever is on the way arrives: a colleague picks up, a consultation breaks off."""
        ringing, asker = self.at("ringing"), self.at("consulting")
        if ringing is not None:
            self.picks_up(ringing)
        elif asker is not None:
            self.loses(asker)

    def _seen_legs(self) -> Iterator[e.SeenLeg]:
        for leg in self.legs.values():
            place: Literal["", "consulting", "conference"] = ""
            if leg.place in ("consulting", "conference"):
                place = "consulting" if leg.place == "consulting" else "conference"
            yield e.SeenLeg(leg.endpoint, leg.name, leg.place != "ringing", place)
