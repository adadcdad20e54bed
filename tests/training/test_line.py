"""The line that the network learns on: what it makes of a batch is what the recogniser would see of each call."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ivr.acoustic.features import BANDS, RATE, bank, log_mel
from ivr.acoustic.features import without_the_line as of_one
from ivr.training import line as lines
from ivr.training.line import Line, without_the_line

LENGTHS = (RATE, 2 * RATE, RATE // 2, 3 * RATE)


@pytest.fixture
def sound() -> tuple[torch.Tensor, torch.Tensor]:
    """Four rows of something like speech: bursts of a chord."""
    chance, lengths = np.random.default_rng(3), torch.tensor(LENGTHS)
    t = np.arange(max(LENGTHS)) / RATE
    chord = sum(np.sin(2 * np.pi * pitch * t) for pitch in (300, 900, 2100)) * (np.sin(2 * np.pi * 3 * t) > 0)
    rows = np.stack([chord * chance.uniform(0.2, 1) for _ in LENGTHS]).astype(np.float32)
    return torch.from_numpy(rows) * (torch.arange(max(LENGTHS)) < lengths[:, None]), lengths


def line(seed: int = 1) -> Line:
    babble = np.random.default_rng(4).normal(0, 3000, 20 * RATE).astype(np.int16)
    return Line(babble, seed, torch.device("cpu"))


def test_what_is_told_is_whole_and_within_bounds(sound: tuple[torch.Tensor, torch.Tensor]) -> None:
    for seed in range(12):
        told, lengths = line(seed).told(*sound)
        assert told.isfinite().all()
        assert float(told.abs().max()) <= 1
        assert (lengths >= sound[1] * 0.85).all()  # at the fastest, and stillness around it
        assert not told[torch.arange(told.shape[1]) >= lengths[:, None]].any()


def test_two_lines_are_two_lines_and_one_seed_is_one(sound: tuple[torch.Tensor, torch.Tensor]) -> None:
    first, again, other = (line(seed).seen(*sound)[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert first.shape != other.shape or not torch.equal(first, other)


def test_frames_are_those_of_the_recogniser(
    sound: tuple[torch.Tensor, torch.Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one throat, an even pace and nothing hidden, a batch is what `log_mel` and `without_the_line` make of it."""
    monkeypatch.setattr(lines, "UNEVEN", 0.0)
    monkeypatch.setattr(lines, "throats", lambda _chance: [bank()])
    one = line()
    told, lengths = one.told(*sound)
    monkeypatch.setattr(one, "told", lambda *_: (told, lengths))
    monkeypatch.setattr(one, "_hidden", lambda frames, _counts: frames)
    seen, counts = one.seen(*sound)
    for row, (length, count) in enumerate(zip(lengths.tolist(), counts.tolist(), strict=True)):
        expected = log_mel(told[row, :length].numpy())
        assert len(expected) - 1 == count  # the last one has no next to be drawn out towards
        assert seen[row, :count].numpy() == pytest.approx(of_one(expected[:count]), abs=1e-3)
        assert not seen[row, count:].any()


def test_an_uneven_pace_keeps_order_and_ends() -> None:
    rising = torch.arange(200.0)[None, :, None].expand(40, -1, BANDS)
    paced, counts = line()._at_uneven_pace(rising, torch.full((40,), 200))
    assert len({int(count) for count in counts}) > 10
    for row, count in zip(paced[:, :, 0], counts.tolist(), strict=True):
        assert 200 * 0.68 < count < 200 * 1.45
        steps = torch.diff(row[:count])
        assert float(row[0]) == 0
        assert float(row[count - 1]) > 197
        assert 0 < float(steps.min()) <= float(steps.max()) < 1.45


def test_what_is_beyond_a_row_does_not_change_it() -> None:
    frames = torch.randn(2, 50, BANDS)
    counts = torch.tensor([50, 20])
    louder = frames.clone()
    louder[1, 20:] += 30
    assert torch.equal(without_the_line(frames, counts), without_the_line(louder, counts))
