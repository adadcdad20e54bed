"""A citizen with a telephone, for end-to-end tests: dials, listens for prompts and tones, presses keys."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from caller_ear import Hearing
from running_house import RunningHouse, eventually

from contact_centre.facts import Kind, Recorded
from contact_centre.model import Language
from demonstration.carrier import Carrier, Line
from demonstration.listening import QUIET, RATE, Samples, loudness, tone_share

NUMBERS = itertools.count(733_000_100)


class Citizen:
    """One call of one citizen."""

    def __init__(self, house: RunningHouse, line: Line, number: str, began_at: int, call_id: str = "") -> None:
        """`number`: theirs. `began_at`: the journal's position before the call. `call_id`: where they are called."""
        self.house, self.line, self.began_at = house, line, began_at
        self._number, self._call_id = number, call_id
        self._hearing = Hearing(line.heard)

    @property
    def call_id(self) -> str:
        """The call's id; the journal must have it by now."""
        if not self._call_id:
            self._call_id = self.house.entered(self._number, self.began_at) or ""
            assert self._call_id, "the journal does not know the call yet"
        return self._call_id

    def listen(self) -> Samples:
        """Everything heard so far."""
        return self._hearing.listen()

    def heard_at(self, prompt: str) -> float | None:
        """When `LANGUAGE/ID` began to be played (s from the answer on); None when it was not."""
        self.listen()
        return self._hearing.begun_at(self._sound_of(prompt))

    def _sound_of(self, prompt: str) -> Path:
        return self.house.settings.data_dir / "prompts" / f"{prompt}.wav"

    async def hears(self, prompt: str, timeout_s: float = 30) -> float:
        """Wait until `LANGUAGE/ID` has begun to be played; when it did (s from the answer on)."""
        return await eventually(lambda: self.heard_at(prompt), timeout_s, lambda: prompt)

    async def hears_anew(self, *prompts: str, timeout_s: float = 30) -> str:
        """Wait until one of these has begun to be played, and let go of all that was heard up to then; which it was."""

        def look() -> str | None:
            return next((prompt for prompt in prompts if self.heard_at(prompt) is not None), None)

        found = await eventually(look, timeout_s, lambda: " or ".join(prompts))
        self._hearing.forget()
        return found

    async def hears_the_end(self, prompt: str, timeout_s: float = 60) -> float:
        """Wait until the last words of `LANGUAGE/ID` were played; when they ended (s)."""

        def look() -> float | None:
            self.listen()
            return self._hearing.ended_at(self._sound_of(prompt))

        return await eventually(look, timeout_s, lambda: f"the end of {prompt}")

    async def hears_tone(self, hz: float, timeout_s: float = 20) -> None:
        """Wait until a second of what is heard from now on is nothing but a tone."""
        begun = len(self.listen())

        def look() -> bool | None:
            return max(tone_shares(self.listen()[begun:], hz), default=0.0) > 0.8 or None

        await eventually(look, timeout_s, lambda: f"{hz} Hz; heard {tone_shares(self.listen()[begun:], hz)}")

    async def hears_music(self, none_of_hz: float, timeout_s: float = 20) -> None:
        """Wait until a second of what is heard from now on is loud, and nothing of a tone is in it."""
        await self._hears_a_second(
            lambda one: loudness(one) >= 2 * QUIET and tone_share(one, none_of_hz) < 0.02, timeout_s, "music"
        )

    async def hears_nothing(self, timeout_s: float = 20) -> None:
        """Wait until a second of what is heard from now on is silent."""
        await self._hears_a_second(lambda one: loudness(one) < QUIET, timeout_s, "silence")

    async def _hears_a_second(self, wanted: Callable[[Samples], bool], timeout_s: float, what: str) -> None:
        begun = len(self.listen())

        def look() -> bool | None:
            heard = self.listen()[begun:]
            return any(wanted(heard[at : at + RATE]) for at in range(0, len(heard) - RATE + 1, RATE // 4)) or None

        await eventually(look, timeout_s, lambda: what)

    def heard_in_order(self, *prompts: str) -> bool:
        """Whether all of these were played, one after another."""
        times = [self.heard_at(prompt) for prompt in prompts]
        assert None not in times, dict(zip(prompts, times, strict=True))
        return times == sorted(times, key=lambda at_s: at_s or 0.0)

    async def fact(self, kind: Kind, timeout_s: float = 30, **payload: object) -> Recorded:
        """Wait for a fact of this call, which may be that it has entered."""
        if not self._call_id:
            self._call_id = await eventually(
                lambda: self.house.entered(self._number, self.began_at), timeout_s, lambda: "the call does not enter"
            )
        return await self.house.fact(kind, self.began_at, self.call_id, timeout_s, **payload)

    def kinds(self) -> list[Kind]:
        """What has happened to this call, in order."""
        return [one.fact.kind for one in self.house.facts(self.began_at, self.call_id)]

    async def presses_language(self, language: Language = "en") -> float:
        """Choose a language by its key; when the main menu began to be played (s). A key is pressed while something is
        spoken: between two prompts it may be lost."""
        await self.hears("en/welcome")
        await self.line.press({"en": "1", "sw": "2"}[language])
        began_s = await self.hears(f"{language}/menu-main")
        await self.fact(Kind.LANGUAGE_CHOSEN, language=language)
        return began_s

    async def waits_for_a_person(self) -> None:
        """Zero at the first question, past the notice of the recording, and into the line. Who chose no language is
        spoken to in English."""
        await self.hears("en/welcome")
        await self.line.press("0")
        await self.stands_in_line()

    async def stands_in_line(self, language: Language = "en") -> None:
        """Cut the notice short by a key that refuses nothing."""
        await self.hears(f"{language}/recording-notice")
        await self.line.press("5")
        await self.fact(Kind.CALL_WAITING, language=language)


def tone_shares(samples: Samples, hz: float, window_s: float = 1.0) -> list[float]:
    """For each window in turn: the share of its energy that is this tone; 0 where there is silence."""
    size = int(window_s * RATE)
    windows = [samples[at : at + size] for at in range(0, len(samples) - size + 1, size // 2)]
    return [tone_share(one, hz) if loudness(one) >= QUIET else 0.0 for one in windows]


@asynccontextmanager
async def calling(
    house: RunningHouse, carrier: Carrier, number: str = "1919", caller: str | None = None
) -> AsyncIterator[Citizen]:
    """A call that was answered by the menu. Leaving the block puts the handset down."""
    began_at, caller = house.position(), caller or f"0{next(NUMBERS)}"
    line = await carrier.place(number, caller=caller)
    try:
        await line.answered()
        yield Citizen(house, line, caller, began_at)
    finally:
        await line.hang_up()
    if line.cause not in (0, 16):
        pytest.fail(f"the call ended with cause {line.cause}")
