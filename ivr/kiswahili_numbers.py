"""Kiswahili numbers in words: "elfu saba mia tano na hamsini".

From a hundred thousand on, `laki` (100,000) is used as people use it: "elfu mia moja na hamsini" could be 100,050 as
well as 150,000, and a fee must not be misheard.
"""

from __future__ import annotations

ONES = ("sifuri", "moja", "mbili", "tatu", "nne", "tano", "sita", "saba", "nane", "tisa")
TENS = ("", "kumi", "ishirini", "thelathini", "arobaini", "hamsini", "sitini", "sabini", "themanini", "tisini")
SCALES = ((1_000_000_000, "bilioni"), (1_000_000, "milioni"), (100_000, "laki"), (1_000, "elfu"), (100, "mia"))
LARGEST = 999_999_999_999


def in_words(number: int) -> str:
    """Give a whole number from 0 to 999,999,999,999 in words; a negative one with "hasi"."""
    if abs(number) > LARGEST:
        raise ValueError("too large to be said")
    if number < 0:
        return f"hasi {in_words(-number)}"
    if number < 100:
        return _below_hundred(number)
    parts: list[str] = []
    rest, last_count = number, 0
    for size, name in SCALES:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{name} {in_words(count)}")
            last_count = count
    if rest:
        parts.append(_below_hundred(rest))
    if len(parts) == 1:
        return parts[0]
    if rest > 10 and rest % 10:  # it has a "na" of its own: elfu mbili ishirini na sita
        return " ".join(parts)
    # 10,002 and 12,000 would sound the same: a pause tells them apart
    pause = "," if 0 < rest < 10 <= last_count else ""
    return f"{' '.join(parts[:-1])}{pause} na {parts[-1]}"


def _below_hundred(number: int) -> str:
    if number < 10:
        return ONES[number]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens]} na {ONES[ones]}" if ones else TENS[tens]


def digit_by_digit(digits: str) -> str:
    """Give each digit by its name; anything else is passed over."""
    return " ".join(ONES[int(c)] for c in digits if c.isascii() and c.isdigit())


def clock_time(hour: int, minute: int) -> str:
    """Give a time of day as it is said: the day begins at dawn, so 7:00 is "saa moja asubuhi"."""
    said = (hour - 6) % 12 or 12
    part = (
        "usiku"
        if hour >= 19 or hour < 4
        else "alfajiri"
        if hour < 6
        else "asubuhi"
        if hour < 12
        else "mchana"
        if hour < 16
        else "jioni"
    )
    if minute == 0:
        return f"saa {in_words(said)} {part}"
    if minute == 30:
        return f"saa {in_words(said)} na nusu {part}"
    if minute == 15:
        return f"saa {in_words(said)} na robo {part}"
    return f"saa {in_words(said)} na dakika {in_words(minute)} {part}"
