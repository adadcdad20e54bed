"""`python -m bench.vosk_bounds`: are Vosk's bounds of confidence (`ivr/vosk_words.py`) where they should be?

The complete model that tests have is Korean, and espeak-ng's Korean is hardly understood by it (one to three of twelve
words, without any noise). So twelve words that it does understand are chosen with two voices, and measured with six
others: words of the grammar, as many that are none of it, and noise alone, on a telephone line. For each bound: what
was acted on rightly and wrongly, and what was accepted though it was no word of the grammar.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.stage import PROJECT_ROOT, machine, print_table
from ivr.training.evaluate import wilson
from ivr.training.telephone import noise
from ivr.training.trials import RATE, call
from ivr.vosk_words import ACT, CONFIRM, judge_words

sys.path.insert(0, str(PROJECT_ROOT / "tests"))

from vosk_korean import korean, korean_model

CANDIDATES = tuple(
    "하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉 열 삼 사 오 육 칠 팔 여권 신분증 운전면허 세금 건강보험 연금 경찰 "
    "상담원 출생신고 사업자 장학금 부동산 날씨 고맙습니다 축구 음악 병원 비행기 도서관 점심 자전거 바다 안녕하세요 "
    "영화관".split()
)
"""Digits, services, and everyday words."""
CHOOSING, VOICES = ("ko+f2", "ko+m3"), ("ko+m1", "ko+m5", "ko+m7", "ko+f1", "ko+f3", "ko+f4")
PACES = (110, 150)
"""Words a minute."""
WORDS = 12
"""In the grammar, and again outside it."""
RATIOS = (30, 20, 10)
"""Signal to noise (dB)."""
BOUNDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99)
NOISE = 96
"""Clips of noise alone at each ratio."""

Answer = tuple[str | None, str | None, float]
"""The word that was said (None: none of the grammar), what was heard, its confidence."""


def hear(grammar: Sequence[str], sound: NDArray[np.int16]) -> tuple[str | None, float]:
    """The likeliest word, whatever its confidence."""
    decoder = korean_model().begin(grammar)
    decoder.accept(sound)
    heard = judge_words(grammar, decoder.finish())
    return heard.phrase, heard.confidence


def chosen() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words that are understood best, for a grammar, and others that are none of it."""
    understood: Counter[str] = Counter(dict.fromkeys(CANDIDATES, 0))
    for word in CANDIDATES:
        for voice in CHOOSING:
            for pace in PACES:
                understood[word] += hear(CANDIDATES, call(korean(word, voice, pace), 30, word))[0] == word
    ordered = [word for word, _ in understood.most_common()]
    return tuple(ordered[:WORDS]), tuple(ordered[-WORDS:])


def spoken(grammar: Sequence[str], others: Sequence[str]) -> Iterator[tuple[str | None, NDArray[np.int16], str]]:
    """Every word in every voice, and noise, each with a name for what is added to it."""
    for word in (*grammar, *others):
        for voice in VOICES:
            for pace in PACES:
                yield (word if word in grammar else None), korean(word, voice, pace), f"{word} {voice} {pace}"
    for number in range(NOISE):
        hiss = noise(RATE, np.random.default_rng(number)) * 300
        yield None, hiss.astype(np.int16), f"noise {number}"


def answers(grammar: Sequence[str], others: Sequence[str], ratio: int) -> list[Answer]:
    """What Vosk makes of each at this noise."""
    return [
        (truth, *hear(grammar, call(sound, ratio, f"{seed} {ratio}"))) for truth, sound, seed in spoken(grammar, others)
    ]


def share(count: int, n: int) -> str:
    """With its interval."""
    low, high = wilson(count, n)
    return f"{count / n:.1%} [{100 * low:.1f}–{100 * high:.1f}]"


def main() -> None:
    """Measure and print."""
    assert all(map(korean_model().knows, CANDIDATES))
    grammar, others = chosen()
    print("grammar:", *grammar)
    for ratio in RATIOS:
        found = answers(grammar, others, ratio)
        inside = [one for one in found if one[0] is not None]
        outside = [one for one in found if one[0] is None]
        print(f"\n{ratio} dB; of the grammar n = {len(inside)}, not of it n = {len(outside)}; now {ACT}, {CONFIRM}\n")
        rows = []
        for bound in BOUNDS:
            right = sum(truth == heard and confidence >= bound for truth, heard, confidence in inside)
            taken = sum(heard is not None and confidence >= bound for _, heard, confidence in inside)
            accepted = sum(heard is not None and confidence >= bound for _, heard, confidence in outside)
            columns = (share(right, len(inside)), share(taken - right, len(inside)), share(accepted, len(outside)))
            rows.append([f"{bound:g}", *columns])
        print_table(["from confidence", "right", "wrong", "accepted, none of it"], rows)
    print(machine())


if __name__ == "__main__":
    main()
