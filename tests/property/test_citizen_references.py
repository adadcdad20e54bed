"""Case references find every single mistake of a caller's fingers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from citizen_services.citizens import normalise
from citizen_services.references import check_digit, is_reference, make_reference

references = st.integers(0, 9_999_999).map(make_reference)


def test_the_published_example() -> None:
    assert check_digit("572") == "4"


@given(references, st.integers(0, 7), st.integers(1, 9))
def test_a_wrong_digit_is_found(reference: str, place: int, shift: int) -> None:
    wrong = str((int(reference[place]) + shift) % 10)
    assert is_reference(reference)
    assert not is_reference(reference[:place] + wrong + reference[place + 1 :])


@given(references, st.integers(0, 6))
def test_swapped_neighbours_are_found(reference: str, place: int) -> None:
    a, b = reference[place], reference[place + 1]
    swapped = reference[:place] + b + a + reference[place + 2 :]
    assert is_reference(swapped) is (a == b)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert not is_reference(text) or len(text) == 8
    number = normalise(text)
    assert number is None or (number[0] == "+" and number[1:].isdigit() and len(number) <= 16)
