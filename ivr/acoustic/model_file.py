"""The acoustic model's file (ONNX): checked before it is trusted, then shared by all calls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from contact_centre.errors import FileMistake
from ivr.acoustic.features import BANDS, FFT, HOP, RATE, WINDOW, Floats
from ivr.acoustic.phones import PHONES

SHIPPED = Path(__file__).parent / "data" / "huduma-ctc.onnx"
LARGEST_BYTES = 64_000_000
MADE_FOR = {
    "huduma.phones": " ".join(PHONES),
    "huduma.features": f"log-mel {BANDS} bands, {RATE} Hz, {WINDOW}/{HOP}/{FFT}, floored, mean of speech taken away",
}
"""What a model's own metadata must say: another phone set or other features would give nonsense without an error."""


class AcousticModel:
    """A network that gives the probability of every phone, each 30 ms. Safe to call from several threads."""

    def __init__(self, path: Path = SHIPPED) -> None:
        """Load it.

        Raises:
            FileMistake: it is missing, damaged, too large, or not made for this program.
        """
        self.path = path
        self._session = session_of(path, MADE_FOR)

    def log_probabilities(self, features: Floats) -> NDArray[np.float32]:
        """Give (frames / 3, phones) for (frames, bands)."""
        if not len(features):
            return np.zeros((0, len(PHONES)), np.float32)
        (given,) = self._session.run(None, {"features": features[None]})
        return np.asarray(given[0], dtype=np.float32)


def session_of(path: Path, made_for: Mapping[str, str]) -> onnxruntime.InferenceSession:
    """Load a network; one thread a call, so that calls do not wait for one another.

    `made_for`: what its metadata must say.

    Raises:
        FileMistake: it is missing, damaged, too large, or not made for this program.
    """
    if not path.is_file():
        raise FileMistake(path, None, "the acoustic model is not there")
    if path.stat().st_size > LARGEST_BYTES:
        raise FileMistake(path, None, "the acoustic model is larger than any of ours")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            path.read_bytes(), sess_options=options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's errors share no class
        raise FileMistake(path, None, "the acoustic model is damaged, or no ONNX model at all") from error
    found = dict(session.get_modelmeta().custom_metadata_map)
    for key, value in made_for.items():
        if found.get(key) != value:
            raise FileMistake(path, None, f"the acoustic model was not made for this program ({key} differs)")
    return session
