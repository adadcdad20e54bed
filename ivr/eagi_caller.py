"""A caller who may speak: keys as ever, words beside them, and a prompt that stops for either.

Writing any further command stops what plays (`res_agi` then gives no answer for it), so the command that stops a prompt
is one whose answer cannot be taken for another's: it asks for the call's id.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from contact_centre.channel_vars import Var
from ivr.agi_caller import ANY_KEY, CallerGone
from ivr.eagi_answers import Answers
from ivr.ear import Ear, Notice, Sign
from ivr.endpointing import DIGITS, MENU
from ivr.heard import Heard
from ivr.onset import Playing
from ivr.turns import Ask
from ivr.utterance import Question
from ivr.watched_caller import Turn, WatchedCaller

GRACE_S = 1.0
"""Who sends no sound at all is given up so long after the others (s)."""
LONGEST_S = 16.0
"""Who still speaks then is heard to the end, and no longer than this (s)."""

Answer = tuple[str, bool] | Heard
"""Keys, and whether time ran out; or words."""


class HearingCaller(WatchedCaller):
    """One caller whose sound is listened to."""

    def __init__(self, answers: Answers, commands: BinaryIO, turn: Turn, ear: Ear | None) -> None:
        """Speak AGI on two descriptors; without an ear there are only keys."""
        self._answers, self.ear = answers, ear
        super().__init__(cast(BinaryIO, answers), commands, turn)

    def stays_listened_to(self) -> bool:
        """Whether words are understood on this call, so that callers may be told; decided once, before any prompt."""
        return self.ear is not None and self.ear.stay()

    @property
    def lateness_s(self) -> float:
        """How long after the end of speech the last words were understood (s)."""
        return self.ear.lateness_s if self.ear is not None else 0.0

    @property
    def not_understood(self) -> NDArray[np.int16] | None:
        """The sound of the last words when they were not understood for certain, if it may be kept for a while."""
        return self.ear.not_understood if self.ear is not None else None

    def hear(self, files: tuple[str, ...], ask: Ask, pressed: str = "") -> Answer | None:
        """Play files and take the answer, pressed or said; None when nobody can be listened to just now."""
        if self.ear is None or pressed or not ask.phrases or not self.ear.attend(_question(files, ask)):
            return None
        try:
            answer = self._hear(self.ear, files, ask)
        finally:
            self.ear.ignore()
        if isinstance(answer, str) and answer:
            return self._rest(answer, ask.digits, round(ask.timeout_s * 1000))
        return answer if isinstance(answer, Heard) else ("", True)

    def _hear(self, ear: Ear, files: tuple[str, ...], ask: Ask) -> str | Heard:
        """The first key, words, or nothing."""
        notice: Notice | None = None
        for file in files:
            key, notice = self._until(ear, "STREAM FILE", self._quote(file), self._quote(ANY_KEY))
            if key:
                return key
            if notice is not None:
                break
        ear.prompt_is_over()
        until = time.monotonic() + ask.timeout_s + GRACE_S
        while not isinstance(notice, Heard):
            now = time.monotonic()
            late = now >= until and not ear.hears_somebody
            if notice is Sign.NO_INPUT or late or now >= until + LONGEST_S:
                return ""
            wait_s = until - now if now < until else LONGEST_S
            key, notice = self._until(ear, "WAIT FOR DIGIT", max(100, round(wait_s * 1000)))
            if key:
                return key
        return notice

    def _until(self, ear: Ear, command: str, *args: object) -> tuple[str, Notice | None]:
        """Run a command until it ends, a key ends it, or the ear has something to say, which stops it."""
        if self._soon:
            self.set_variables({})
        self.send_command(command, *args)
        self._turn.ours_since = None
        try:
            until = time.monotonic() + self._answers.patience_s
            while not self._answers.waits():
                if notice := ear.notice():
                    return self._stop(), notice
                self._answers.wait(until - time.monotonic())
        except OSError as error:
            raise CallerGone("the connection broke") from error
        finally:
            self._turn.ours_since = time.monotonic()
        return _key(self.get_result()), None

    def _stop(self) -> str:
        """Stop what plays; give a key that came at the same moment."""
        self.send_command("GET VARIABLE", self._quote(Var.CALL_ID))
        key = ""
        while (answer := self.get_result())["result"] != ("1", self.argument(1)):
            key = _key(answer)
        return key


def _key(answer: dict[str, tuple[str, str]]) -> str:
    value = answer["result"][0]
    key = chr(int(value)) if value.isdigit() else ""
    return key if key in ANY_KEY else ""


def _question(files: tuple[str, ...], ask: Ask) -> Question:
    digits = ask.digits if ask.digits > 1 else 0
    patience = replace(DIGITS if digits else MENU, no_input_s=ask.timeout_s)
    return Question(ask.phrases, ask.language, Playing(files), patience, digits, ask.sentences)
