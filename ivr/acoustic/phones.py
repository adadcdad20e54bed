"""The phones that the acoustic model knows: one set for Kiswahili and English, so that each teaches the other."""

from __future__ import annotations

Phone = str

VOWELS: tuple[Phone, ...] = (
    *("a", "e", "i", "o", "u"),  # Kiswahili's five, and English palm, dress, fleece, thought, goose
    *("I", "A", "V", "@", "O", "U", "3"),  # kit, trap, strut, the schwa, lot, foot, nurse
    *("eI", "aI", "OI", "aU", "oU"),  # face, price, choice, mouth, goat
)
CONSONANTS: tuple[Phone, ...] = (
    *("p", "b", "t", "d", "k", "g", "f", "v", "s", "z", "h", "m", "n", "l", "r", "w", "j"),
    *("S", "Z", "tS", "dZ", "T", "D", "N"),  # sh, pleasure, ch, j, thin, this, sing
    *("G", "J"),  # Kiswahili gh, ny
)
BLANK = 0
"""The network's output for "no phone here"."""
PHONES: tuple[Phone, ...] = ("-", *VOWELS, *CONSONANTS)
"""A phone's place here is the network's output for it."""
PLACE: dict[Phone, int] = {phone: place for place, phone in enumerate(PHONES)}


def places(phones: list[Phone]) -> list[int]:
    """Give the network's outputs for some phones."""
    return [PLACE[phone] for phone in phones]
