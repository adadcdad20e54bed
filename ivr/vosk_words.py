"""What Vosk wrote down, judged against the phrases of a prompt: of a model here, or of a server far away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.heard import NOTHING, Alternative, Heard, Level
from ivr.sentences import Sentences
from ivr.spoken_digits import said_digits

UNKNOWN = ("[unk]", "<UNK>", "<unk>")
"""What models call a word they do not know; each model has one of them, and passes the others over in a grammar."""
ACT, CONFIRM = 0.85, 0.5
"""Mean confidence of the words from which the menu acts, and from which it asks "did you say …?"."""
WITHOUT_CONFIDENCE = 0.7
"""What a word counts whose server tells no confidence: never enough to act."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word and its confidence from 0 to 1."""

    text: str
    confidence: float


def spelling(phrase: str) -> str:
    """The phrase as a grammar has it: lower case, without punctuation but the apostrophe and the hyphen."""
    kept = "".join(letter if letter.isalnum() or letter in "'-" else " " for letter in phrase.lower())
    return " ".join(kept.split())


def grammar_of(phrases: Sequence[str], names: Sequence[str], sentences: Sentences | None) -> list[str]:
    """What a decoder may hear: phrases and digits, and of whole sentences every part and each word, in any order."""
    at_length = sentences.phrases if sentences is not None else ()
    return list(dict.fromkeys([*map(spelling, phrases), *names, *map(spelling, at_length)]))


def words_of(result: object) -> list[Word]:
    """The words of one JSON answer of Vosk, `{"text": …, "result": [{"word", "conf"}]}`; none from anything else."""
    if not isinstance(result, dict):
        return []
    told = result.get("result")
    if isinstance(told, list):
        return [
            Word(str(one["word"]), max(0.0, min(1.0, float(one.get("conf", WITHOUT_CONFIDENCE)))))
            for one in told
            if isinstance(one, dict) and "word" in one
        ]
    text = result.get("text")
    return [Word(word, WITHOUT_CONFIDENCE) for word in text.split()] if isinstance(text, str) else []


def judge_words(phrases: Sequence[str], words: Sequence[Word], digits: int = 0, at_length: bool = False) -> Heard:
    """Say which phrase these words are; words besides it, or unknown ones, are at most a reason to ask.

    `at_length`: whole sentences were expected, so any other words are what was said: what they mean is found elsewhere.
    """
    known = [word for word in words if word.text not in UNKNOWN]
    if not known:
        return NOTHING
    said = [word.text for word in known]
    if digits and (string := said_digits(" ".join(said))) and len(string) == digits:
        return _heard(" ".join(said), [word.confidence for word in known], len(words), ())
    if at_length and not any(said == spelling(phrase).split() for phrase in phrases):
        return _heard(" ".join(said), [word.confidence for word in known], len(words), ())
    found: dict[str, float] = {}
    for phrase in phrases:
        wanted = spelling(phrase).split()
        for place in range(len(said) - len(wanted) + 1):
            if wanted and said[place : place + len(wanted)] == wanted:
                part = sum(word.confidence for word in known[place : place + len(wanted)]) / len(words)
                found[phrase] = max(found.get(phrase, 0.0), part)
    if not found:
        return NOTHING
    total = sum(found.values()) or 1.0
    order = sorted(found, key=lambda phrase: -found[phrase])
    others = tuple(Alternative(phrase, found[phrase] / total) for phrase in order)
    best = order[0]
    count = len(spelling(best).split())
    whole = said == spelling(best).split() * (len(said) // count)  # said twice is said once
    confidences = [word.confidence for word in known] if whole else [found[best]]
    return _heard(best, confidences, len(words) - len(known) + len(confidences), others)


def _heard(phrase: str, confidences: Sequence[float], count: int, others: tuple[Alternative, ...]) -> Heard:
    confidence = sum(confidences) / max(count, 1)
    level: Level = "act" if confidence >= ACT else "confirm" if confidence >= CONFIRM else "reject"
    return Heard(phrase, confidence, level, others or (Alternative(phrase, 1.0),))
