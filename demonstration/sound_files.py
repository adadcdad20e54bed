"""Sound files of the telephone: prompts read whole, a recording read while it is still being written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from contact_centre.errors import BadInput
from demonstration.listening import RATE, Samples

HEADER_BYTES = 44


def read(path: Path) -> Samples:
    """A whole WAV of 8 kHz, mono.

    Raises:
        BadInput: it is not that.
    """
    try:
        samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise BadInput(f"{path.name} cannot be read as sound") from error
    if rate != RATE or samples.shape[1] != 1:
        raise BadInput(f"{path.name} is not 8 kHz mono")
    return np.asarray(samples[:, 0], np.float32)


def prompts(directory: Path) -> dict[str, Samples]:
    """Every prompt of the cache by `LANGUAGE/ID`; drafts (hidden files) are passed over."""
    paths = sorted(path for path in directory.glob("*/*.wav") if not path.name.startswith("."))
    return {f"{path.parent.name}/{path.stem}": read(path) for path in paths}


class Growing:
    """A WAV of 8 kHz, mono, 16 bits that something else is writing: its header tells nothing until it is closed."""

    def __init__(self, path: Path) -> None:
        """The file need not exist yet."""
        self._path = path
        self._read = HEADER_BYTES

    def more(self) -> Samples:
        """What was added since the last time; empty when nothing was."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                fresh = file.read()
        except FileNotFoundError:
            return np.zeros(0, np.float32)
        whole = len(fresh) // 2 * 2
        self._read += whole
        return np.frombuffer(fresh[:whole], "<i2").astype(np.float32)
