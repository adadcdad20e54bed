"""A small scene for each kind of fact that the router writes, and the router killed after it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from conference_model import Channel
from killed_scene import EN, Killed, Scene

from contact_centre.facts import Kind
from contact_centre.states import CallState
from queue_manager import events as e
from queue_manager import events_out as out
from queue_manager import requests as r
from queue_manager.expected_wait import WaitRange


def offer_fails(s: Scene) -> None:
    s.ready(1)
    s.model.fail(s.arrives(), "no_answer")
    s.hears_all()


def rejoined(s: Scene) -> None:
    s.model.answer(s.lost())
    s.hears_all()


def requeued(s: Scene) -> None:
    s.model.give_up(s.lost())
    s.hears_all()


def joined(s: Scene) -> None:
    s.consulting()
    assert s.ask(r.SteerTransfer, 1, call_id="a", to="join").accepted
    s.hears_all()


def completed(s: Scene) -> None:
    s.consulting()
    assert s.ask(r.SteerTransfer, 1, call_id="a", to="complete").accepted
    s.hears_all()


def transfer_fails(s: Scene) -> None:
    channel = s.consulting()
    leg = channel.at("consulted")
    assert leg is not None
    channel.loses(leg)
    s.hears_all()


def held(s: Scene) -> None:
    s.answered()
    s.hear(e.AgentHeld("agent-001"))


def resumed(s: Scene) -> None:
    held(s)
    s.pass_time(5)
    s.hear(e.AgentResumed("agent-001"))


def foreseen(s: Scene) -> None:
    s.arrives()
    s.hear(e.WaitsForecast({"a": WaitRange(60.0, 180.0)}))


def refused(s: Scene) -> None:
    s.model.ask(s.arrives(), 1, "special")
    s.hears_all()


def not_called_back(s: Scene) -> None:
    s.model.picks_up(s.dialled(), pressed=False, reason="no_answer")
    s.hears_all()


def called_back(s: Scene) -> None:
    s.model.picks_up(s.dialled(), pressed=True, reason="lost")
    s.hears_all()


def citizen_not_reached(s: Scene) -> None:
    attempt, s.dials = s.calls_out(), ()
    s.hear(out.CitizenNotReached("out", attempt, "busy"))


def surveyed(s: Scene) -> None:
    s.answered()
    assert s.ask(r.EndCall, 1, call_id="a").accepted
    s.hears_all()


def survey_answered(s: Scene) -> None:
    surveyed(s)
    s.hear(out.SurveyAnswered("a", 5))


def abandoned(s: Scene) -> None:
    s.arrives()
    s.model.hang_up("a")
    s.hears_all()


def wrapping_up(s: Scene) -> None:
    s.answered()
    s.model.hang_up("a")
    s.hears_all()


def extended(s: Scene) -> None:
    wrapping_up(s)
    assert s.ask(r.ExtendWrapUp, 1, seconds=60, reason="notes").accepted


def helped(s: Scene) -> None:
    s.answered()
    assert s.ask(r.AskForHelp, 1).accepted


def help_over(s: Scene) -> None:
    helped(s)
    assert s.ask(r.EndHelp, 1).accepted


def pause_asked(s: Scene) -> None:
    s.answered()
    assert s.ask(r.Pause, 1, reason="lunch").accepted


def pauses(s: Scene) -> None:
    s.ready(1)
    assert s.ask(r.Pause, 1, reason="lunch").accepted


def signs_out(s: Scene) -> None:
    s.ready(1)
    assert s.ask(r.SignOut, 1).accepted


def unplugged(s: Scene) -> None:
    s.ready(1)
    s.contacts.clear()
    s.hear(e.PhoneUnregistered("agent-001", "sip:there"))


def plugged_in(s: Scene) -> None:
    unplugged(s)
    s.contacts["agent-001"] = frozenset({"sip:there"})
    s.plug_in(1)


def asterisk_lost(s: Scene) -> None:
    s.answered()
    s.arrives("b")
    s.hear(e.LinkLost())


def asterisk_found(s: Scene) -> None:
    asterisk_lost(s)
    s.hear(s.snapshot())


def recorded(choice: str) -> Callable[[Scene], None]:
    def scene(s: Scene) -> None:
        wish = e.Wish("en", "general", EN, waiting_since=s.now, recording="armed" if choice == "armed" else "refused")
        s.model.channels["a"] = channel = Channel("a", wish)
        channel.wait()
        s.hears_all()

    return scene


def machine_fails(s: Scene) -> None:
    s.model.channels["a"] = Channel("a", e.Wish(), CallState.IVR)
    s.hear(e.CallFailed("a", "PJSIP/trunk-a", "u-a"))


def waits_long(seconds: int, queue: str = "general") -> Callable[[Scene], None]:
    def scene(s: Scene) -> None:
        s.arrives(queue=queue)
        s.pass_time(seconds)

    return scene


def offered(s: Scene) -> None:
    s.ready(1, 2)
    s.arrives()


def told_of_callback(s: Scene) -> None:
    s.arrives()
    s.hear(e.WaitsForecast({"a": WaitRange(60.0, 900.0)}))


SCENES: dict[Kind, Callable[[Scene], object]] = {
    Kind.IVR_FAILED: machine_fails,
    Kind.RECORDING_ARMED: recorded("armed"),
    Kind.RECORDING_REFUSED: recorded("refused"),
    Kind.CALL_WAITING: Scene.arrives,
    Kind.WAIT_PROMISED: foreseen,
    Kind.CALL_OFFERED: offered,
    Kind.OFFER_FAILED: offer_fails,
    Kind.CALL_CONNECTED: Scene.answered,
    Kind.CALL_HELD: held,
    Kind.CALL_RESUMED: resumed,
    Kind.AGENT_LOST: Scene.lost,
    Kind.CALL_REJOINED: rejoined,
    Kind.CALL_REQUEUED: requeued,
    Kind.TRANSFER_ASKED: Scene.consulting,
    Kind.TRANSFER_ANSWERED: Scene.consulting,
    Kind.TRANSFER_JOINED: joined,
    Kind.TRANSFER_COMPLETED: completed,
    Kind.TRANSFER_FAILED: transfer_fails,
    Kind.CALL_OVERFLOWED: waits_long(301),
    Kind.CALL_TURNED_AWAY: waits_long(401, "travel"),
    Kind.CALLBACK_OFFERED: told_of_callback,
    Kind.CALLBACK_ASKED: Scene.kept,
    Kind.CALLBACK_REFUSED: refused,
    Kind.CALLBACK_DIALLED: Scene.dialled,
    Kind.CALLBACK_FAILED: not_called_back,
    Kind.CALLBACK_REACHED: called_back,
    Kind.CITIZEN_DIALLED: Scene.calls_out,
    Kind.CITIZEN_NOT_REACHED: citizen_not_reached,
    Kind.SURVEY_ASKED: surveyed,
    Kind.SURVEY_ANSWERED: survey_answered,
    Kind.CALL_ABANDONED: abandoned,
    Kind.CALL_ENDED: wrapping_up,
    Kind.AGENT_SIGNED_IN: lambda s: s.ready(1),
    Kind.AGENT_READY: lambda s: s.ready(1),
    Kind.AGENT_PAUSED: pauses,
    Kind.PAUSE_ASKED: pause_asked,
    Kind.AGENT_WRAPPING_UP: wrapping_up,
    Kind.WRAP_UP_EXTENDED: extended,
    Kind.HELP_ASKED: helped,
    Kind.HELP_ENDED: help_over,
    Kind.AGENT_SIGNED_OUT: signs_out,
    Kind.PHONE_REGISTERED: plugged_in,
    Kind.PHONE_UNREGISTERED: unplugged,
    Kind.ROUTER_STARTED: lambda s: None,
    Kind.ASTERISK_LOST: asterisk_lost,
    Kind.ASTERISK_FOUND: asterisk_found,
}


def killed(kind: Kind, *, obeyed: bool = True) -> Scene:
    """The scene of this kind, when the fact is in the journal, and what its orders brought about was heard."""
    scene = Scene(kind, obeyed=obeyed)
    with contextlib.suppress(Killed):
        SCENES[kind](scene)
    scene.until = None
    if obeyed:
        scene.hears_all()
    assert scene.facts(kind), "the scene does not write it"
    return scene
