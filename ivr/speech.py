"""Recognisers behind one small protocol: what was said, among the phrases of a prompt, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from contact_centre.errors import SettingsMistake
from contact_centre.model import Language
from ivr.heard import NOTHING, Heard
from ivr.sentences import Sentences

Engine = Literal["ctc", "vosk", "vosk-server", "keys"]
"""`ctc`: our own model, both languages. `vosk`: Vosk in this process where there is a model.
`vosk-server`: Vosk on other machines. `keys`: nobody listens."""


class Recogniser(Protocol):
    """Listens to one caller; one utterance at a time."""

    def start(
        self, phrases: Sequence[str], language: Language, digits: int = 0, sentences: Sentences | None = None
    ) -> None:
        """Begin an utterance, in which one of these phrases is expected, or so many digits one after another.

        Digits are heard as their words ("four seven one two"). With `sentences` any of these may be said too; what is
        heard then is one of their names, or as many words as the engine has understood.

        Raises:
            BadInput: a phrase that cannot be said.
        """

    def accept(self, pcm: NDArray[np.int16]) -> None:
        """Take the caller's next samples (8 kHz). What comes after the longest utterance is passed over."""

    def finish(self) -> Heard:
        """End the utterance and say what it was. CPU work of some milliseconds: call it off the event loop."""


class Hearing(Protocol):
    """What makes recognisers: one per process, shared by its calls and threads."""

    def recogniser(self) -> Recogniser:
        """Give a recogniser for one call."""


@runtime_checkable
class Examined(Protocol):
    """A `Hearing` whose parts are elsewhere, and may be ill."""

    def examine(self) -> list[tuple[Language, str, bool]]:
        """Ask each: (language, address, it answered). Takes up to a second for each that does not."""


class KeysOnly:
    """Hears nothing: the menu's keys serve alone."""

    def recogniser(self) -> Recogniser:
        """Give one that always answers `NOTHING`."""
        return _Deaf()


class _Deaf:
    def start(
        self, phrases: Sequence[str], language: Language, digits: int = 0, sentences: Sentences | None = None
    ) -> None:
        """Expect nothing."""

    def accept(self, pcm: NDArray[np.int16]) -> None:
        """Hear nothing."""

    def finish(self) -> Heard:
        """Know nothing."""
        return NOTHING


def hearing(
    engine: str = "ctc",
    model: Path | None = None,
    vosk_models: Mapping[Language, Path] | None = None,
    vosk_servers: Mapping[Language, Sequence[str]] | None = None,
) -> Hearing:
    """Give the engine of this name.

    `model`: a model file in place of the one that is shipped. `vosk_models`: the directories of Vosk's models;
    `vosk_servers`: addresses of servers; a language that has none is heard by our own model.

    Raises:
        SettingsMistake: no such engine, or Vosk without any model or server.
        FileMistake: a model is damaged, or was not made for this program.
        SetupFailed: Vosk is not installed.
    """
    if engine == "keys":
        return KeysOnly()
    if engine not in {"ctc", "vosk", "vosk-server"}:
        raise SettingsMistake(f"there is no speech engine {engine!r}; choose ctc, vosk, vosk-server or keys")
    if engine == "vosk" and not vosk_models:
        raise SettingsMistake("speech = vosk needs a model: set vosk_model_en or vosk_model_sw to its directory")
    if engine == "vosk-server" and not vosk_servers:
        raise SettingsMistake("speech = vosk-server needs servers: set vosk_servers_en or vosk_servers_sw")
    from ivr.acoustic.digit_ear import DigitEar
    from ivr.acoustic.model_file import SHIPPED, AcousticModel  # a house that hears nothing needs no network in memory
    from ivr.acoustic.recogniser import CtcHearing

    own = CtcHearing(AcousticModel(model or SHIPPED), DigitEar())
    if engine == "vosk":
        from ivr.vosk_recogniser import VoskHearing, VoskModel

        return VoskHearing({language: VoskModel(path) for language, path in (vosk_models or {}).items()}, own)
    if engine == "vosk-server":
        from ivr.vosk_far import FarHearing, Servers

        return FarHearing({language: Servers(of_one) for language, of_one in (vosk_servers or {}).items()}, own)
    return own
