"""Numbers, money, dates, telephone numbers and codes as people say them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from contact_centre.model import Language
from ivr.kiswahili_numbers import clock_time, in_words
from ivr.speaking import closed_until, day, money, spoken, telephone


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "sifuri"),
        (8, "nane"),
        (11, "kumi na moja"),
        (20, "ishirini"),
        (21, "ishirini na moja"),
        (100, "mia moja"),
        (110, "mia moja na kumi"),
        (999, "mia tisa tisini na tisa"),
        (1000, "elfu moja"),
        (2026, "elfu mbili ishirini na sita"),
        (7550, "elfu saba mia tano na hamsini"),
        (10_002, "elfu kumi, na mbili"),
        (12_000, "elfu kumi na mbili"),
        (12_500, "elfu kumi na mbili na mia tano"),
        (100_050, "laki moja na hamsini"),
        (150_000, "laki moja na elfu hamsini"),
        (1_250_000, "milioni moja laki mbili na elfu hamsini"),
        (-5, "hasi tano"),
    ],
)
def test_kiswahili_numbers(number: int, words: str) -> None:
    assert in_words(number) == words


def test_no_two_kiswahili_numbers_below_thirty_thousand_sound_the_same() -> None:
    assert len({in_words(number) for number in range(30_000)}) == 30_000


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("It costs KSh 7,550.", "en", "It costs seven thousand five hundred and fifty shillings."),
        ("Ni KSh 7,550.", "sw", "Ni shilingi elfu saba mia tano na hamsini."),
        ("Dial *147# now.", "en", "Dial, star one four seven hash, now."),
        ("Piga *147#.", "sw", "Piga, nyota moja nne saba alama ya reli."),
        ("2.75 % of it", "en", "two point seven five per cent of it"),
        ("2.75 %", "sw", "asilimia mbili nukta saba tano"),
        ("Call 0800 720 601.", "en", "Call zero eight zero zero, seven two zero, six zero one."),
        ("paybill 200222, then", "en", "paybill two zero zero two two two, then"),
        ("form C24", "en", "form C twenty four"),
        ("KRA PIN and HELB", "en", "K R A PIN and HELB"),
        ("34 pages", "en", "thirty four pages"),
        ("kurasa 34", "sw", "kurasa thelathini na nne"),
        ("by 2026-03-03 at 07:30", "en", "by the third of March twenty twenty six at seven thirty in the morning"),
        ("saa 07:00", "sw", "saa moja asubuhi"),
        ("KSh 1", "en", "one shilling"),
        ("on 2026-13-40", "en", "on two zero two six one three four zero"),
    ],
)
def test_written_text_becomes_words(text: str, language: Language, said: str) -> None:
    assert spoken(text, language) == said


def test_no_digit_is_left_to_the_voice() -> None:
    text = "KSh 12,050, 3 %, 1/2, *100*7#, 0712345678, +254 712 345 678, 1919, B2B, 3.5, 99999999999999999, 10:61"
    for language in ("en", "sw"):
        assert not any(c.isdigit() for c in spoken(text, language)), spoken(text, language)


def test_telephone_dates_and_money() -> None:
    assert telephone("0712345678", "en") == "zero seven one two, three four five, six seven eight"
    assert day(date(2026, 3, 3), "sw") == "tarehe tatu Machi mwaka wa elfu mbili ishirini na sita"
    assert money(1000, "sw") == "shilingi elfu moja"


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (7, 0, "saa moja asubuhi"),
        (21, 0, "saa tatu usiku"),
        (12, 30, "saa sita na nusu mchana"),
        (18, 15, "saa kumi na mbili na robo jioni"),
        (0, 5, "saa sita na dakika tano usiku"),
    ],
)
def test_kiswahili_hours_count_from_dawn(hour: int, minute: int, said: str) -> None:
    assert clock_time(hour, minute) == said


def test_the_next_opening_is_told() -> None:
    now = datetime(2026, 11, 23, 22, 0)
    assert "tomorrow at seven in the morning" in closed_until(now, datetime(2026, 11, 24, 7, 0), "en")
    assert "siku ya Ijumaa saa moja asubuhi" in closed_until(now, datetime(2026, 11, 27, 7, 0), "sw")
