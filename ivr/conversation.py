"""Drives the dialogue over a caller: does what it decided, and tells it what happened."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from contact_centre.channel_vars import IvrResult, Var, wire_safe
from contact_centre.facts import Kind
from contact_centre.model import Language
from ivr.agi_caller import ANY_KEY, CallerGone
from ivr.heard import Heard
from ivr.menu import FALLBACK, Dialogue
from ivr.misheard import Misheard
from ivr.nodes import CaseStatus
from ivr.turns import (
    Action,
    Ask,
    CannotSpeak,
    CaseFound,
    CaseNotFound,
    CaseUnavailable,
    HungUp,
    Input,
    Keys,
    Leave,
    LookUpCase,
    NoInput,
    Overdue,
    Part,
    Record,
    Remember,
    Said,
    Say,
    Speak,
)

MOST_MISHEARD = 6
"""Utterances of one call that may be kept to be labelled."""
LONGEST_CALL_S = 900.0
"""After so long with the machine a person takes over (s)."""


class Caller(Protocol):
    """What a conversation needs of a line; `AgiCaller` is one."""

    def play(self, files: tuple[str, ...], keys: str = "") -> str:
        """Play files; give the key that stopped them."""

    def ask(self, files: tuple[str, ...], digits: int, timeout_ms: int, pressed: str = "") -> tuple[str, bool]:
        """Play files, unless a digit was pressed already, and collect digits; True when time ran out."""

    def set_soon(self, name: str, value: str) -> None:
        """Tell the dialplan, along with the next words."""

    def set_variables(self, values: Mapping[str, str]) -> None:
        """Tell the dialplan now, in this order."""


class Listener(Protocol):
    """Who understands words; `HearingCaller` is one."""

    lateness_s: float
    """How long after the end of speech the last words were understood (s)."""
    not_understood: NDArray[np.int16] | None
    """Their sound (8 kHz), when they were not understood for certain and it may be kept."""

    def hear(self, files: tuple[str, ...], ask: Ask, pressed: str) -> tuple[str, bool] | Heard | None:
        """Play files and take digits, or words; None when nobody can be listened to just now: nothing was played."""


class Voice(Protocol):
    """Where sound comes from; `prompts.Voices` is one."""

    def files(self, parts: tuple[Part, ...], waiting: Callable[[], None]) -> tuple[str, ...] | None:
        """Sound files without extension; `waiting` is called to fill the time while one is made. None: impossible."""

    def one_moment(self, language: Language) -> tuple[str, ...]:
        """What fills that time; may be nothing."""


class Records(Protocol):
    """What a conversation reads and writes; none of it may delay the caller for long."""

    def note(self, kind: Kind, payload: Mapping[str, Any]) -> None:
        """Put a fact into the journal, later."""

    def remember(self, language: Language) -> None:
        """Keep the number's language, later."""

    def look_up(self, reference: str, id_last4: str) -> CaseFound | CaseNotFound | CaseUnavailable:
        """Find a case."""


class Conversation:
    """One call with the machine."""

    def __init__(
        self,
        dialogue: Dialogue,
        caller: Caller,
        voice: Voice,
        records: Records,
        listener: Listener | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Everything it talks to is given; without a listener there are only keys; `clock` counts seconds."""
        self._dialogue, self._caller, self._voice, self._records = dialogue, caller, voice, records
        self._listener, self._clock = listener, clock
        self._language: Language = FALLBACK
        self._typed = ""
        self.gone = False
        """The line is no longer ours: the caller hung up, or was sent elsewhere and lives."""
        self.misheard: list[Misheard] = []
        """Words that were not understood for certain, where they may be kept; never digits."""
        self._node = ""
        self._answered = dict.fromkeys(("voice", "key", "none", "unheard"), 0)
        self._latest_s: float | None = None
        self._asked_at = clock()
        self._deadline = clock() + LONGEST_CALL_S

    def run(self) -> Leave:
        """Talk until the dialogue leaves. A caller who is gone is no error: the facts are kept and Leave is given."""
        state, actions = self._dialogue.begin()
        while True:
            self._node = state.node
            event = self._turn(actions)
            if isinstance(event, Leave):
                self._count()
                return event
            if self._clock() > self._deadline and not isinstance(event, HungUp):
                event = Overdue()
            state, actions = self._dialogue.step(state, event)

    def _turn(self, actions: tuple[Action, ...]) -> Input | Leave:
        """Do one step's actions. What is kept is kept first, so that a hang-up loses none of it."""
        for action in actions:
            if isinstance(action, Record):
                self._records.note(action.kind, action.payload)
            elif isinstance(action, Remember):
                self._records.remember(action.language)
        leave = next((action for action in actions if isinstance(action, Leave)), None)
        event: Input | None = None
        try:
            for action in actions:
                event = self._do(action) or event
        except CallerGone:
            self.gone = True
            event = HungUp(self._clock() - self._asked_at)
        outcome = leave or event
        assert outcome is not None, "every step ends with a question, a search or leaves"
        return outcome

    def _do(self, action: Action) -> Input | None:
        match action:
            case Ask():
                return self._ask(action)
            case Say():
                files = self._voice.files(action.parts, self._one_moment)
                if files:
                    self._caller.play(files, "" if action.whole else ANY_KEY)
            case Speak():
                self._language = action.language
                self._caller.set_soon(Var.LANGUAGE, action.language)
            case LookUpCase():
                return self._records.look_up(action.reference, action.id_last4)
        return None

    def _ask(self, ask: Ask) -> Input:
        files = self._voice.files(ask.parts, self._one_moment)
        if files is None:
            return CannotSpeak()
        typed, self._typed = self._typed, ""  # pressed ahead, while the words were being made
        self._asked_at = self._clock()
        answer = self._listener.hear(files, ask, typed) if self._listener else None
        if isinstance(answer, Heard):
            assert self._listener is not None
            self._answered["voice"] += 1
            self._latest_s = max(self._latest_s or 0.0, self._listener.lateness_s)
            self._note_misheard(ask, answer, self._listener.not_understood)
            return Said(answer, self._clock() - self._asked_at)
        self._answered["unheard"] += answer is None
        digits, timed_out = answer or self._caller.ask(files, ask.digits, round(ask.timeout_s * 1000), typed)
        silent = timed_out and not digits
        self._answered["none" if silent else "key"] += 1
        return NoInput() if silent else Keys(digits, self._clock() - self._asked_at)

    def _note_misheard(self, ask: Ask, heard: Heard, sound: NDArray[np.int16] | None) -> None:
        of_a_case = isinstance(self._dialogue.menu.nodes.get(self._node), CaseStatus)  # references, parts of an ID
        if sound is None or of_a_case or len(self.misheard) >= MOST_MISHEARD:
            return
        likeliest = heard.phrase or (heard.alternatives[0].phrase if heard.alternatives else None)
        told = (ask.language, self._node, likeliest, heard.level, heard.confidence, ask.choices)
        self.misheard.append(Misheard(datetime.now(UTC), *told, sound))

    def _count(self) -> None:
        """One fact for the whole call says how its questions were answered."""
        late = {} if self._latest_s is None else {"lateness_ms": round(self._latest_s * 1000)}
        if any(self._answered.values()):
            self._records.note(Kind.PROMPTS_ANSWERED, self._answered | late)

    def _one_moment(self) -> None:
        if files := self._voice.one_moment(self._language):
            self._typed = self._caller.play(files, ANY_KEY)


def tell_dialplan(caller: Caller, leave: Leave, last_agent: str = "") -> None:
    """Write what was learned into the channel; the result last, because it says that the rest is complete.

    `last_agent`: who talked with this number last, as `CC_LAST_AGENT` says it.
    """
    known = {
        Var.LANGUAGE: leave.language,
        Var.QUEUE: leave.queue,
        Var.SKILLS: "|".join(leave.skills),
        Var.PRIORITY: str(leave.priority),
        Var.AGENCY: leave.agency,
        Var.SERVICE: leave.service,
        Var.CASE: "" if leave.case_id is None else str(leave.case_id),
        Var.LAST_AGENT: last_agent,
    }
    told: dict[str, str] = {}
    if leave.result in (IvrResult.AGENT, IvrResult.CALLBACK):
        told = {name: wire_safe(value) for name, value in known.items()}
    if leave.waiting_since is not None:
        told[Var.WAITING_SINCE] = f"{leave.waiting_since:.3f}"
    caller.set_variables({**told, Var.IVR_RESULT: leave.result.value})
