"""The dialplan as a value: what Asterisk would do with each call, and the events it would raise, in order.

A model for property tests, where thousands of histories are wanted; the real one runs in tests/integration.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime

from contact_centre.model import Language
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager.commands import Command, EndCall, OfferCall, OverflowCall, RaisePriority, TurnAway


@dataclass
class Channel:
    """One caller's channel."""

    call_id: str
    wish: e.Wish
    state: CallState = CallState.WAITING
    offer_id: str | None = None
    endpoint: str | None = None
    sent: deque[e.Event] = field(default_factory=deque)
    """Raised, not yet heard by the router."""

    @property
    def name(self) -> str:
        """Its name in Asterisk."""
        return f"PJSIP/trunk-{self.call_id}"


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
        self._wait(channel)

    def obey(self, command: Command) -> None:
        """Carry out an order; one for a channel that is gone, or without a link, does nothing."""
        if not self.linked or not isinstance(command, OfferCall | EndCall | RaisePriority | OverflowCall | TurnAway):
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
                self._raise(channel, e.OfferStarted(channel.call_id, command.offer_id))
            case EndCall():
                self.hang_up(command.call_id)
            case RaisePriority():
                channel.wish = replace(channel.wish, priority=command.priority)
            case OverflowCall():
                channel.wish = replace(channel.wish, queue=command.queue, skills=command.skills)
            case TurnAway():
                assert channel.state in (CallState.WAITING, CallState.TURNED_AWAY), "turned away while not in [waiting]"
                channel.state = CallState.TURNED_AWAY

    def answer(self, channel: Channel) -> None:
        """The agent picks up, the first time or again."""
        channel.state = CallState.CONNECTED
        self._raise(channel, e.OfferAnswered(channel.call_id, channel.offer_id or ""))

    def fail(self, channel: Channel, reason: e.OfferFailure) -> None:
        """The agent does not pick up."""
        self._raise(channel, e.OfferFailed(channel.call_id, channel.offer_id or "", reason))
        self._wait(channel)

    def lose_agent(self, channel: Channel) -> None:
        """The agent's leg breaks."""
        channel.state = CallState.REJOINING
        self._raise(channel, e.AgentLost(channel.call_id, channel.offer_id or ""))

    def give_up(self, channel: Channel) -> None:
        """The agent did not come back."""
        self._raise(channel, e.RejoinFailed(channel.call_id, channel.offer_id or ""))
        self._wait(channel)

    def hang_up(self, call_id: str) -> None:
        """The channel is gone."""
        channel = self.channels.pop(call_id)
        self._raise(channel, e.CallerLeft(call_id, f"u-{call_id}", 16))
        self.late.extend(channel.sent)

    def another_slice(self, channel: Channel) -> None:
        """`[waiting]` goes round."""
        if channel.state is CallState.WAITING:
            self._wait(channel)

    def snapshot(self, contacts: dict[str, frozenset[str]]) -> e.Snapshot:
        """What Asterisk holds now."""
        seen = (
            e.SeenCall(c.call_id, c.name, f"u-{c.call_id}", c.state, c.wish, c.offer_id, c.endpoint)
            for c in self.channels.values()
        )
        return e.Snapshot(tuple(seen), contacts)

    def _wait(self, channel: Channel) -> None:
        channel.state = CallState.WAITING
        self._raise(channel, e.CallWaiting(channel.call_id, channel.name, f"u-{channel.call_id}", channel.wish))

    def _raise(self, channel: Channel, event: e.Event) -> None:
        if self.linked:
            channel.sent.append(event)
