"""The dialplan as a value: what Asterisk would do with each call, and the events it would raise, in order.

A model for property tests, where thousands of histories are wanted; the real one runs in tests/integration.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import datetime

from conference_model import MOVES, Channel

from contact_centre.model import Language
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager.callback_commands import DialCallback, KeepPlace, OfferCallback
from queue_manager.callback_events import CallbackAsked, CallbackFailed, CallbackFailure
from queue_manager.commands import (
    AskSurvey,
    Command,
    EndCall,
    EndLeg,
    OfferCall,
    OverflowCall,
    RaisePriority,
    TurnAway,
)

OURS = OfferCall | EndCall | RaisePriority | OverflowCall | TurnAway | KeepPlace | OfferCallback | AskSurvey


class DialplanModel:
    """All callers' channels."""

    def __init__(self) -> None:
        """Nobody calls yet."""
        self.channels: dict[str, Channel] = {}
        self.late: deque[e.Event] = deque()
        """Events of channels that are gone."""
        self.linked = True

    def arrive(self, call_id: str, skills: frozenset[str], priority: int, now: datetime, queue: str = "general",
               last_agent: tuple[int, datetime] | None = None) -> None:  # fmt: skip
        """A caller comes to `[waiting]`."""
        language: Language = "sw" if "language:sw" in skills else "en"
        wish = e.Wish(language, queue, skills, priority, None, None, now, last_agent=last_agent)
        channel = self.channels[call_id] = Channel(call_id, wish)
        channel.listened = lambda: self.linked
        channel.wait()

    def obey(self, command: Command) -> None:
        """Carry out an order; one for a channel that is gone, or without a link, does nothing."""
        if self.linked and isinstance(command, EndLeg):
            self._end_leg(command)
        if self.linked and isinstance(command, DialCallback):
            self._dial(command)
        ours = (
            OfferCall
            | EndCall
            | RaisePriority
            | OverflowCall
            | TurnAway
            | KeepPlace
            | OfferCallback
            | AskSurvey
            | MOVES
        )
        if not self.linked or not isinstance(command, ours):
            return
        channel = self.channels.get(command.call_id)
        if channel is None:
            return
        match command:
            case OfferCall():
                assert channel.state is CallState.WAITING, "redirected while it was not in [waiting]"
                channel.state, channel.offer_id, channel.endpoint = (
                    CallState.OFFERED,
                    command.offer_id,
                    command.endpoint,
                )
                channel.tell(e.OfferStarted(channel.call_id, command.offer_id))
            case EndCall():
                self.hang_up(command.call_id)
            case RaisePriority():
                channel.wish = replace(channel.wish, priority=command.priority)
            case OverflowCall():
                channel.wish = replace(channel.wish, queue=command.queue, skills=command.skills, last_agent=None)
            case KeepPlace():
                there = (CallState.WAITING, CallState.TURNED_AWAY, CallState.CALLBACK)
                assert channel.state in there, "hung up while not in [waiting]"
                channel.state = CallState.CALLBACK
            case TurnAway():
                assert channel.state in (CallState.WAITING, CallState.TURNED_AWAY), "turned away while not in [waiting]"
                channel.state = CallState.TURNED_AWAY
                channel.callback_told = channel.callback_told or command.callback
            case OfferCallback():
                channel.callback_told = True
            case AskSurvey():  # no list shows a call in `[survey]`
                channel.drop_all()
                self.late.extend(channel.sent)
                del self.channels[command.call_id]
            case _:
                channel.obey(command)

    def _dial(self, command: DialCallback) -> None:
        assert command.call_id not in self.channels, "dialled while they are on the line, or being dialled"
        queue, since = command.queue, command.waiting_since
        wish = e.Wish("sw" if command.language == "sw" else "en", queue, command.skills, command.priority,
                      command.agency, command.service, since, callback_id=command.attempt_id)  # fmt: skip
        channel = Channel(command.call_id, wish, CallState.CALLBACK, attempt_id=command.attempt_id)
        channel.listened = lambda: self.linked
        self.channels[command.call_id] = channel

    def ask(self, channel: Channel, number_id: int, refused: str = "") -> None:
        """A caller in `[waiting]` asks for a callback and confirms the number."""
        if channel.state in (CallState.WAITING, CallState.TURNED_AWAY):
            asked = (channel.call_id, channel.uniqueid, number_id, refused, channel.name, channel.wish)
            channel.tell(CallbackAsked(*asked))

    def picks_up(self, channel: Channel, pressed: bool, reason: CallbackFailure) -> None:
        """The citizen who is called back answers and presses 1, or something else happens; who was told hangs up."""
        if channel.attempt_id is None:
            self.hang_up(channel.call_id)
        elif pressed:
            channel.wait()
        else:
            del self.channels[channel.call_id]
            channel.tell(CallbackFailed(channel.call_id, channel.attempt_id, reason))
            self.late.extend(channel.sent)

    def _end_leg(self, command: EndLeg) -> None:
        for channel in self.channels.values():
            leg = channel.legs.get(command.leg)
            if leg is not None and leg.place == "ringing":
                channel.does_not(leg, "no_answer")
            elif leg is not None:
                channel.loses(leg)

    def answer(self, channel: Channel) -> None:
        """The agent picks up, the first time or again."""
        channel.state = CallState.CONNECTED
        leg = channel.put(channel.endpoint or "", "dial")
        channel.tell(e.OfferAnswered(channel.call_id, channel.offer_id or "", leg.name))

    def fail(self, channel: Channel, reason: e.OfferFailure) -> None:
        """The agent does not pick up."""
        channel.tell(e.OfferFailed(channel.call_id, channel.offer_id or "", reason))
        channel.wait()

    def lose_agent(self, channel: Channel) -> None:
        """The agent's leg breaks."""
        channel.loses(next(iter(channel.legs.values())))

    def give_up(self, channel: Channel) -> None:
        """The agent did not come back."""
        channel.tell(e.RejoinFailed(channel.call_id, channel.offer_id or ""))
        channel.wait()

    def hang_up(self, call_id: str) -> None:
        """The channel is gone, and its legs with it."""
        channel = self.channels[call_id]
        if channel.state is CallState.CALLBACK and channel.attempt_id is not None:
            self.picks_up(channel, pressed=False, reason="not_taken")
            return
        del self.channels[call_id]
        channel.drop_all()
        channel.tell(e.CallerLeft(call_id, channel.uniqueid, 16))
        self.late.extend(channel.sent)

    def another_slice(self, channel: Channel) -> None:
        """`[waiting]` goes round."""
        if channel.state is CallState.WAITING:
            channel.wait()

    def snapshot(self, contacts: dict[str, frozenset[str]]) -> e.Snapshot:
        """What Asterisk holds now."""
        return e.Snapshot(tuple(channel.seen() for channel in self.channels.values()), contacts)
