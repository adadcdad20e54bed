"""Messages that do not fit (doubled, out of order, of unknown calls) change nothing and are counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from router_drill import Drill

from queue_manager import events as e
from queue_manager.view import View

EN = {"language:en": 3}


def busy() -> Drill:
    """One call talks, one rings, one waits, one is with the machine, one is over."""
    drill = Drill({1: EN, 2: EN})
    drill.ready(1)
    for call in ("over", "talks"):
        drill.waits(call)
        drill.answers(call)
        if call == "over":
            drill.leaves(call)
            drill.pass_time(46)
    drill.ready(2)
    drill.waits("rings")
    drill.rings("rings")
    drill.waits("waits")
    drill.hear(e.CallEntered("menu", "PJSIP/trunk-menu", "u-menu"))
    return drill


def offer(drill: Drill, call_id: str) -> str:
    return drill.call(call_id).offer_id or ""


WISH = e.Wish(skills=frozenset(EN))
BAD: dict[str, Callable[[Drill], e.Event]] = {
    "the call enters twice": lambda d: e.CallEntered("menu", "PJSIP/trunk-menu", "u-menu"),
    "a call that is over enters": lambda d: e.CallEntered("over", "PJSIP/trunk-over", "u-over"),
    "a call that is over waits": lambda d: e.CallWaiting("over", "PJSIP/trunk-over", "u-over", WISH),
    "a call that is over fails": lambda d: e.CallFailed("over", "PJSIP/trunk-over", "u-over"),
    "a call that is over leaves": lambda d: e.CallerLeft("over", "u-over", 16),
    "a call that talks waits": lambda d: e.CallWaiting("talks", "PJSIP/trunk-talks", "u-talks", WISH),
    "an unknown call starts to ring": lambda d: e.OfferStarted("unknown", "offer"),
    "an unknown call is answered": lambda d: e.OfferAnswered("unknown", "offer"),
    "an unknown call is not answered": lambda d: e.OfferFailed("unknown", "offer", "busy"),
    "an unknown call loses its agent": lambda d: e.AgentLost("unknown", "offer"),
    "an unknown call does not rejoin": lambda d: e.RejoinFailed("unknown", "offer"),
    "another offer is answered": lambda d: e.OfferAnswered("rings", "another"),
    "another offer fails": lambda d: e.OfferFailed("rings", "another", "no_answer"),
    "an offer is answered again": lambda d: e.OfferAnswered("talks", offer(d, "talks")),
    "an offer that was answered fails": lambda d: e.OfferFailed("talks", offer(d, "talks"), "busy"),
    "a call that rings loses its agent": lambda d: e.AgentLost("rings", offer(d, "rings")),
    "a call that talks does not rejoin": lambda d: e.RejoinFailed("talks", offer(d, "talks")),
    "a waiting call is answered": lambda d: e.OfferAnswered("waits", "none"),
    "an unknown call leaves": lambda d: e.CallerLeft("unknown", "u-unknown", 16),
    "an unknown channel leaves": lambda d: e.CallerLeft(None, "u-unknown", 16),
    "another channel of a call leaves": lambda d: e.CallerLeft("waits", "u-unknown", 16),
    "an unknown phone holds": lambda d: e.AgentHeld("agent-099"),
    "a phone without a call holds": lambda d: e.AgentHeld("agent-002"),
    "a phone that does not hold resumes": lambda d: e.AgentResumed("agent-001"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_what_does_not_fit_changes_nothing_and_is_counted(name: str) -> None:
    drill = busy()
    event = BAD[name](drill)
    for times in (1, 2):
        before, ignored = standing(drill.router.view(drill.now)), drill.router.ignored.total()
        assert drill.hear(event) == []
        view = drill.router.view(drill.now)
        assert standing(view) == before
        assert drill.router.ignored.total() == ignored + 1, f"heard {times} times"
        assert view.ignored == drill.router.ignored.total()


def standing(view: View) -> object:
    return view.calls, view.agents, view.link_up
