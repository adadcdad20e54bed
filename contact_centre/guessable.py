"""P. Secrets that people guess: words that stand in every guide, alone, repeated, or with a year behind them."""

from __future__ import annotations

from collections.abc import Iterable

GUESSABLE = frozenset(
    "change-me changeme secret password passwd huduma default admin asterisk letmein qwerty 123456 abcdef".split()
)
SHORTEST = 16
LEFT_AT_LEAST = 8
"""So many letters and digits a secret must have beside such words."""
DIFFERENT_AT_LEAST = 6


def is_guessable(secret: str) -> bool:
    """Whether a machine's secret (nobody types it) is short, monotonous, or made of words that people try first."""
    if len(secret) < SHORTEST or len(set(secret)) < DIFFERENT_AT_LEAST:
        return True
    return sum(letter.isalnum() for letter in _without(secret.lower(), GUESSABLE)) < LEFT_AT_LEAST


def is_default_password(password: str, user: str) -> bool:
    """Whether a password that somebody else's server asks for is its user's name or such a word."""
    return password.lower() in {*GUESSABLE, user.lower()}


def _without(text: str, words: Iterable[str]) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "")
    return text
