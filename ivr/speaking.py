"""Turns text as people write it into words as people say them, in both languages.

Money, numbers, percentages, dates, times, telephone numbers, short codes and abbreviations. What is not understood is
left as it is: the voice still says something.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from num2words import num2words

from contact_centre.model import Language
from ivr import kiswahili_numbers as sw
from ivr.spoken_digits import ONES_EN

MONTHS: dict[Language, tuple[str, ...]] = {
    "en": tuple("January February March April May June July August September October November December".split()),
    "sw": tuple("Januari Februari Machi Aprili Mei Juni Julai Agosti Septemba Oktoba Novemba Desemba".split()),
}
WEEKDAYS: dict[Language, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "sw": ("Jumatatu", "Jumanne", "Jumatano", "Alhamisi", "Ijumaa", "Jumamosi", "Jumapili"),
}
SHORT_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEAR_DAYS: dict[Language, dict[str, str]] = {
    "en": {"today": "today", "tomorrow": "tomorrow"},
    "sw": {"today": "leo", "tomorrow": "kesho"},
}
SAID_AS_WORDS = frozenset({"HELB", "PIN", "SIM", "OK"})
"""Abbreviations that are not spelt out."""
LARGEST = 999_999_999_999

_CODE = re.compile(r"\*\d+(?:\*\d+)*#")
_MONEY = re.compile(r"\b(?:KSh|KES|Ksh)\.?\s?(\d{1,3}(?:,\d{3})+|\d+)(?:\.00)?\b")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?%")
_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_TIME = re.compile(r"\b(?:saa )?(\d{1,2}):(\d{2})\b")
_TELEPHONE = re.compile(r"(?<!\d)(\+?\d{2,4})[ -](\d{3})[ -](\d{3})(?!\d)|(?<![\d,.])\+?0\d{6,9}(?!\d)")
_LONG = re.compile(r"(?<![\d,.])\d{5,}(?!,?\d)")
_NUMBER = re.compile(r"(?<![\d,.])(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_LETTERS = re.compile(r"\b([A-Z]{2,5})(s?)\b")
_LETTER_DIGITS = re.compile(r"\b([A-Z])(\d+)\b")


def spoken(text: str, language: Language) -> str:
    """Give the text as it is to be said, on one line."""
    said = " ".join(text.split())
    rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
        (_CODE, lambda m: f", {code(m[0], language)},"),
        (_MONEY, lambda m: money(int(m[1].replace(",", "")), language)),
        (_PERCENT, lambda m: percentage(m[1], language)),
        (_DATE, lambda m: _date_or_as_it_is(m, language)),
        (_TIME, lambda m: _time_or_as_it_is(m, language)),
        (_TELEPHONE, lambda m: telephone(m[0], language)),
        (_LONG, lambda m: digits(m[0], language)),
        (_LETTER_DIGITS, lambda m: f"{m[1]} {m[2]}"),
        (_NUMBER, lambda m: _plain_number(m[1], m[2] or "", language)),
        (_LETTERS, lambda m: m[0] if m[1] in SAID_AS_WORDS else " ".join(m[1]) + ("s" if m[2] else "")),
        (re.compile(r"\beCitizen\b"), lambda _: "e-Citizen" if language == "en" else "i sitizen"),
    )
    for pattern, say in rules:
        said = pattern.sub(say, said)
    return re.sub(r"\s+([,.;:?!])", r"\1", re.sub(r",(\s*,)+", ",", " ".join(said.split()))).replace(",.", ".")


def number(value: int, language: Language) -> str:
    """A whole number: "seven thousand five hundred and fifty", "elfu saba mia tano na hamsini"."""
    if abs(value) > LARGEST:
        return digits(str(value), language)
    return (
        sw.in_words(value) if language == "sw" else str(num2words(value, lang="en")).replace(",", "").replace("-", " ")
    )


def money(shillings: int, language: Language) -> str:
    """An amount in Kenya shillings; nothing to pay is said so."""
    if language == "sw":
        return f"shilingi {number(shillings, 'sw')}"
    return f"{number(shillings, 'en')} shilling{'' if shillings == 1 else 's'}"


def percentage(value: str, language: Language) -> str:
    """A share such as "2.75"."""
    whole, _, part = value.partition(".")
    said = _plain_number(whole, f".{part}" if part else "", language)
    return f"asilimia {said}" if language == "sw" else f"{said} per cent"


def digits(value: str, language: Language) -> str:
    """Digit by digit."""
    if language == "sw":
        return sw.digit_by_digit(value)
    return " ".join(ONES_EN[int(c)] for c in value if c.isascii() and c.isdigit())


def telephone(value: str, language: Language) -> str:
    """A telephone number digit by digit, with a pause between its groups."""
    groups = value.replace("-", " ").split()
    if len(groups) == 1:
        plain = groups[0]
        groups = [plain[:4], plain[4:7], plain[7:]]
    plus = {"en": "plus ", "sw": "jumlisha "}[language] if value.startswith("+") else ""
    return plus + ", ".join(digits(group, language) for group in groups if group)


def code(value: str, language: Language) -> str:
    """A short code: *147# is "star one four seven hash"."""
    names = {"en": {"*": "star", "#": "hash"}, "sw": {"*": "nyota", "#": "alama ya reli"}}[language]
    return " ".join(names.get(c) or digits(c, language) for c in value)


def day(value: date, language: Language) -> str:
    """A date: "the third of March twenty twenty six", "tarehe tatu mwezi wa Machi …"."""
    month = MONTHS[language][value.month - 1]
    if language == "sw":
        return f"tarehe {number(value.day, 'sw')} {month} mwaka wa {number(value.year, 'sw')}"
    year = str(num2words(value.year, lang="en", to="year")).replace("-", " ")
    return f"the {str(num2words(value.day, lang='en', to='ordinal')).replace('-', ' ')} of {month} {year}"


def time_of_day(hour: int, minute: int, language: Language) -> str:
    """A time of day; in Kiswahili hours count from dawn and dusk."""
    if language == "sw":
        return sw.clock_time(hour, minute)
    part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
    minutes = "" if minute == 0 else f" {'oh ' if minute < 10 else ''}{number(minute, 'en')}"
    return f"{number(hour % 12 or 12, 'en')}{minutes} {part}"


def opening_day(name: str, language: Language) -> str:
    """The day of an opening, `today`, `tomorrow` or `mon` to `sun`: "on Monday", "siku ya Jumatatu"."""
    if name in NEAR_DAYS[language]:
        return NEAR_DAYS[language][name]
    weekday = WEEKDAYS[language][SHORT_DAYS.index(name)]
    return f"on {weekday}" if language == "en" else f"siku ya {weekday}"


def closed_until(now: datetime, opening: datetime | None, language: Language) -> str:
    """The sentence that says when people answer again; both instants in the centre's local time."""
    if opening is None:
        when = {"en": "later", "sw": "baadaye"}[language]
    else:
        at = time_of_day(opening.hour, opening.minute, language)
        ahead = (opening.date() - now.date()).days
        on = opening_day(("today", "tomorrow")[ahead] if ahead < 2 else SHORT_DAYS[opening.weekday()], language)
        when = f"{on} {'at ' if language == 'en' else ''}{at}"
    if language == "en":
        return f"Our agents are not at work now. They will be back {when}. This menu works at any time."
    return f"Wahudumu wetu hawako kazini sasa. Watarudi {when}. Menyu hii inafanya kazi wakati wowote."


def _plain_number(whole: str, part: str, language: Language) -> str:
    plain = whole.replace(",", "")
    if len(plain) > 1 and plain.startswith("0"):
        said = digits(plain, language)
    elif language == "en" and "," not in whole and not part and len(plain) == 4 and plain[:2] in {"19", "20"}:
        said = str(num2words(int(plain), lang="en", to="year")).replace("-", " ")
    else:
        said = number(int(plain), language)
    point = {"en": "point", "sw": "nukta"}[language]
    return f"{said} {point} {digits(part, language)}" if part else said


def _date_or_as_it_is(match: re.Match[str], language: Language) -> str:
    try:
        return day(date(int(match[1]), int(match[2]), int(match[3])), language)
    except ValueError:
        return digits(match[0], language)


def _time_or_as_it_is(match: re.Match[str], language: Language) -> str:
    hour, minute = int(match[1]), int(match[2])
    return time_of_day(hour, minute, language) if hour < 24 and minute < 60 else digits(match[0], language)
