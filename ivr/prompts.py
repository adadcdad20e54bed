"""Text to sound file: a studio recording if there is one, else synthesised once and kept.

Files lie under `DATA_DIR/prompts/LANGUAGE/`. A fixed prompt is `ID.wav`, and `ID.key` beside it says what it was made
from, so a changed text, voice or recording is made anew. Words that may change (a fee, an opening time) are kept under
a digest of the words themselves: an old fee can never be heard from an old file.

Each sound is also kept in `CACHE_DIR/prompts` under the digest of what it was made from, so that another house on this
machine copies it instead of speaking it again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from citizen_services.catalogue import Catalogue, Text, answer
from citizen_services.catalogue_file import load_catalogue
from contact_centre.errors import LinkLost, SetupFailed
from contact_centre.model import LANGUAGES, Language
from contact_centre.settings import Settings
from ivr.joining import Joining
from ivr.levels import RATE, for_telephone
from ivr.menu_file import load_menu
from ivr.nodes import Choice, Menu
from ivr.speaking import spoken
from ivr.synthesis import Voice, voices
from ivr.turns import Part, Prompt, Spoken

VERSION = "1"
"""Counts changes of how samples are treated; every prompt is made anew after one."""
FIRST_PROMPTS = frozenset({"one-moment", "welcome", "choose-language", "say-language", "apology"})
"""Nobody is answered before these can be heard."""
PATIENCE_S = 8.0
"""A caller waits so long for something to be made into sound, hearing "one moment" (s)."""


class Prompts:
    """Every sound file of the line. Safe to use from several threads."""

    def __init__(self, settings: Settings, texts: Mapping[str, Text]) -> None:
        """`texts`: the fixed prompts by id.

        Raises:
            SetupFailed: when the data directory's path cannot be given to Asterisk, or a voice is missing.
        """
        self._root = settings.data_dir / "prompts"
        if any(c in str(self._root) for c in '&|"\\') or not str(self._root).isprintable():
            raise SetupFailed('the path of data_dir must not hold any of & | " \\')
        self._kept = settings.cache_dir / "prompts"
        self._joining = Joining(self._root / "joined")
        self._studio = settings.studio_dir
        self._texts = texts
        self._voices: dict[Language, Voice] = voices(settings)
        self._ready: dict[Part, str] = {}
        self._making: dict[Part, Future[str]] = {}
        self._news = threading.Condition()
        self._closed = False
        self._queues: dict[Language, deque[Part]] = {language: deque() for language in LANGUAGES}
        for language, queue in self._queues.items():
            (self._root / language).mkdir(parents=True, exist_ok=True)
            threading.Thread(target=self._work, args=(queue,), name=f"prompts-{language}", daemon=True).start()

    def close(self) -> None:
        """End the voices."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        for voice in self._voices.values():
            voice.close()

    def files(self, parts: tuple[Part, ...], waiting: Callable[[], None]) -> tuple[str, ...] | None:
        """Give the parts as one path without extension; `waiting` speaks meanwhile when one must be made first.

        None: something could not be made in time.
        """
        if all(part in self._ready for part in parts):
            return self._joining.joined(tuple(self._ready[part] for part in parts))
        making = [self.prepare(part, urgent=True) for part in reversed(parts)][::-1]
        if not all(one.done() for one in making):
            waiting()
        try:
            return self._joining.joined(tuple(one.result(timeout=PATIENCE_S) for one in making))
        except (LinkLost, TimeoutError, OSError, KeyError):
            return None

    def one_moment(self, language: Language) -> tuple[str, ...]:
        """What fills the time while something is made; nothing when even that is not there."""
        ready = self._ready.get(Prompt("one-moment", language))
        return (ready,) if ready else ()

    def prepare(self, part: Part, *, urgent: bool = False) -> Future[str]:
        """Begin to make a part, unless it is there; gives the path without extension.

        `urgent`: a caller waits for it, so it goes before everything that is made in advance.
        """
        with self._news:
            if part in self._ready:
                done: Future[str] = Future()
                done.set_result(self._ready[part])
                return done
            queue = self._queues[part.language]
            if part not in self._making:
                self._making[part] = Future()
                queue.append(part)
            if urgent and part in queue:
                queue.remove(part)
                queue.appendleft(part)
            self._news.notify_all()
            return self._making[part]

    def _work(self, queue: deque[Part]) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: queue or self._closed)
                if self._closed:
                    return
                part = queue.popleft()
            try:
                path = str(self._fixed(part) if isinstance(part, Prompt) else self._said(part))
            except Exception as error:  # given to whoever waits for it
                with self._news:
                    self._making.pop(part).set_exception(error)
            else:
                with self._news:
                    self._ready[part] = path
                    self._making.pop(part).set_result(path)

    def _fixed(self, part: Prompt) -> Path:
        path = self._root / part.language / part.id
        recording = self._studio / part.language / f"{part.id}.wav"
        voice = self._voices[part.language]
        words = spoken(self._texts[part.id][part.language], part.language)
        studio = recording.is_file()
        key = digest("studio", recording.read_bytes().hex()) if studio else digest(voice.name, words)
        noted = path.with_suffix(".key")
        if path.with_suffix(".wav").exists() and noted.exists() and noted.read_text() == key:
            return path
        self._make(path, key, lambda: _read_recording(recording) if studio else voice.speak(words))
        _replace(noted, key.encode())
        return path

    def _said(self, part: Spoken) -> Path:
        voice = self._voices[part.language]
        words = spoken(part.text, part.language)
        key = digest(voice.name, words)
        path = self._root / part.language / f"said-{key}"
        if not path.with_suffix(".wav").exists():
            self._make(path, key, lambda: voice.speak(words))
        return path

    def _make(self, path: Path, key: str, sound: Callable[[], tuple[NDArray[np.float64], int]]) -> None:
        kept, wanted = self._kept / f"{key}.wav", path.with_suffix(".wav")
        with suppress(OSError):
            _copy(kept, wanted)
            return
        _write(wanted, *sound())
        with suppress(OSError):  # a cache that cannot be written costs time, never a prompt
            self._kept.mkdir(parents=True, exist_ok=True)
            _copy(wanted, kept)


def fixed_parts(texts: Iterable[str]) -> list[Part]:
    """Every fixed prompt in every language; what every call needs first comes first."""
    ids = sorted(texts, key=lambda id_: (id_ not in FIRST_PROMPTS, id_))
    return [Prompt(id_, language) for id_ in ids for language in LANGUAGES]


def answer_parts(catalogue: Catalogue, today: date) -> list[Part]:
    """What the catalogue says today, and the names it says it of."""
    said: dict[Part, None] = {}
    for service in catalogue.services:
        for language in LANGUAGES:
            said[Spoken(f"{service.title[language]}.", language)] = None
            for _, statement in answer(service, today):
                if statement is not None:
                    said[Spoken(statement.text[language], language)] = None
    for agency in catalogue.agencies:
        for language in LANGUAGES:
            said[Spoken(f"{agency.name[language]}.", language)] = None
    return list(said)


def parts_ahead(menu: Menu, catalogue: Catalogue, today: date) -> list[Part]:
    """What an IVR makes while it takes calls, all that may be answered today; what is asked back comes first."""
    return [*asked_parts(menu), *answer_parts(catalogue, today)]


def asked_parts(menu: Menu) -> list[Part]:
    """What "did you say …?" may name, and digits that are said back."""
    said: dict[Part, None] = {}
    for language in LANGUAGES:
        said |= dict.fromkeys(Spoken(f"{digit}.", language) for digit in range(10))
        for node in menu.nodes.values():
            for option in node.options if isinstance(node, Choice) else ():
                said[Spoken(f"{option.label[language]}.", language)] = None
    return list(said)


def render_all(settings: Settings, progress: Callable[[str], None], *, ahead: bool = False) -> None:
    """Make every fixed prompt that is missing or changed; `progress` gets short lines for people.

    `ahead`: also `parts_ahead`.

    Raises:
        FileMistake: when the menu or the catalogue has a mistake.
        SetupFailed: when a voice is missing or fails.
    """
    catalogue = load_catalogue()
    menu = load_menu(settings.menu, catalogue, settings.opens, settings.closes)
    parts = fixed_parts(menu.prompts)
    if ahead:
        parts += parts_ahead(menu, catalogue, datetime.now(settings.zone).date())
    prompts = Prompts(settings, menu.prompts)
    try:
        making = [prompts.prepare(part) for part in parts]
        for count, one in enumerate(making, 1):
            one.result()
            if count % 20 == 0 or count == len(making):
                progress(f"{count} of {len(making)} prompts")
    except LinkLost as error:
        raise SetupFailed(f"a prompt could not be made: {error}") from error
    finally:
        prompts.close()


def digest(voice: str, words: str) -> str:
    """What a sound was made from, in 32 letters and digits."""
    return hashlib.sha256("\n".join((VERSION, voice, words)).encode()).hexdigest()[:32]


def _read_recording(path: Path) -> tuple[NDArray[np.float64], int]:
    try:
        samples, rate = soundfile.read(path, dtype="float64", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise SetupFailed(f"the studio recording {path} cannot be read: {error}") from error
    return samples.mean(axis=1), rate


def _write(path: Path, samples: NDArray[np.float64], rate: int) -> None:
    draft = path.with_name(f".{path.stem}.{os.getpid()}.{threading.get_ident()}.wav")
    soundfile.write(draft, for_telephone(samples, rate), RATE, subtype="PCM_16")
    draft.replace(path)


def _copy(source: Path, path: Path) -> None:
    draft = path.with_name(f".{path.stem}.{os.getpid()}.{threading.get_ident()}.wav")
    shutil.copyfile(source, draft)
    draft.replace(path)


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    draft.write_bytes(content)
    draft.replace(path)
