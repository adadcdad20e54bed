"""What a conversation does between the dialogue's decisions and the caller's line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest

from contact_centre.channel_vars import IvrResult
from contact_centre.facts import Kind
from contact_centre.model import Language
from ivr.agi_caller import ANY_KEY
from ivr.conversation import Conversation
from ivr.dialogue_state import State
from ivr.menu import Dialogue
from ivr.turns import Action, Ask, CaseUnavailable, Input, Keys, Leave, Part, Prompt, Say


class Impatient:
    """A caller who types while the words are still being made."""

    def __init__(self) -> None:
        self.asked_with: list[str] = []
        self.stopped_by: list[str] = []

    def play(self, files: tuple[str, ...], keys: str = "") -> str:
        self.stopped_by.append(keys)
        return "4" if keys else ""

    def ask(self, files: tuple[str, ...], digits: int, timeout_ms: int, pressed: str = "") -> tuple[str, bool]:
        self.asked_with.append(pressed)
        return pressed + "821", False

    def set_soon(self, name: str, value: str) -> None:
        return None

    def set_variables(self, values: Mapping[str, str]) -> None:
        return None


class SlowVoice:
    """Every sentence has to be made first."""

    def files(self, parts: tuple[Part, ...], waiting: Callable[[], None]) -> tuple[str, ...]:
        waiting()
        return ("made",)

    def one_moment(self, language: Language) -> tuple[str, ...]:
        return ("one-moment",)


class NoRecords:
    """Nothing is kept."""

    def note(self, kind: Kind, payload: Mapping[str, Any]) -> None:
        return None

    def remember(self, language: Language) -> None:
        return None

    def look_up(self, reference: str, id_last4: str) -> CaseUnavailable:
        return CaseUnavailable()


class AtHand(SlowVoice):
    """Every sentence is there."""

    def files(self, parts: tuple[Part, ...], waiting: Callable[[], None]) -> tuple[str, ...]:
        return ("made",)


class OneQuestion:
    """A dialogue that asks for four digits and leaves."""

    def __init__(self) -> None:
        self.heard: Input | None = None

    def begin(self) -> tuple[State, tuple[Action, ...]]:
        return State(), (Ask((Prompt("case-check", "en"),), digits=4),)

    def step(self, state: State, event: Input) -> tuple[State, tuple[Action, ...]]:
        self.heard = event
        return state, (Leave(IvrResult.CONTAINED, "en"),)


def test_a_digit_pressed_while_the_words_are_made_is_the_first_of_the_answer() -> None:
    dialogue, caller = OneQuestion(), Impatient()
    left = Conversation(cast(Dialogue, dialogue), caller, SlowVoice(), NoRecords(), clock=lambda: 0.0).run()
    assert left.result is IvrResult.CONTAINED
    assert caller.asked_with == ["4"]
    assert isinstance(dialogue.heard, Keys)
    assert dialogue.heard.digits == "4821"


class LastWords(OneQuestion):
    """A dialogue that says something and leaves."""

    def __init__(self, say: Say) -> None:
        super().__init__()
        self.say = say

    def begin(self) -> tuple[State, tuple[Action, ...]]:
        return State(), (self.say, Leave(IvrResult.AGENT, "en"))


@pytest.mark.parametrize(("whole", "keys"), [(False, ANY_KEY), (True, "")])
def test_a_key_stops_what_is_said_on_the_way_to_a_person_but_no_goodbye(whole: bool, keys: str) -> None:
    dialogue, caller = LastWords(Say((Prompt("to-person", "en"),), whole=whole)), Impatient()
    left = Conversation(cast(Dialogue, dialogue), caller, AtHand(), NoRecords(), clock=lambda: 0.0).run()
    assert caller.stopped_by == [keys]
    assert left.result is IvrResult.AGENT
    assert dialogue.heard is None, "the key means nothing else"
