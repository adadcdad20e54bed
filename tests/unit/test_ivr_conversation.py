"""What a conversation does between the dialogue's decisions and the caller's line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from contact_centre.channel_vars import IvrResult
from contact_centre.facts import Kind
from contact_centre.model import Language
from ivr.conversation import Conversation
from ivr.dialogue_state import State
from ivr.menu import Dialogue
from ivr.turns import Action, Ask, CaseUnavailable, Input, Keys, Leave, Part, Prompt


class Impatient:
    """A caller who types while the words are still being made."""

    def __init__(self) -> None:
        self.asked_with: list[str] = []

    def play(self, files: tuple[str, ...], keys: str = "") -> str:
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
