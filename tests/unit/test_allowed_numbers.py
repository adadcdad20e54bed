"""What the centre may dial, and why it may not dial the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_manager.allowed_numbers import Allowed, judge


@pytest.mark.parametrize(
    ("number", "e164", "digits"),
    [
        ("0712345678", "+254712345678", "0712345678"),
        ("+254 712 345 678", "+254712345678", "0712345678"),
        ("0110 234567", "+254110234567", "0110234567"),
        ("(020) 222-1234", "+254202221234", "0202221234"),
    ],
)
def test_ordinary_kenyan_lines_may_be_dialled(number: str, e164: str, digits: str) -> None:
    found = judge(number)
    assert isinstance(found, Allowed)
    assert (found.e164, found.digits) == (e164, digits)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (None, "no_number"),
        ("", "no_number"),
        ("citizen", "no_number"),
        ("0712", "no_number"),
        ("1919", "no_number"),
        ("0712345678" * 5, "no_number"),
        ("\u0660\u0667\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668", "no_number"),
        ("0712345678,20", "no_number"),
        ("0712345678&PJSIP/agent-001", "no_number"),
        ("999", "emergency"),
        ("112", "emergency"),
        ("0900223456", "special"),
        ("0800221919", "special"),
        ("+255712345678", "abroad"),
        ("+15551234567", "abroad"),
        ("+8835100012345", "abroad"),
        ("0008835100012345", "abroad"),
    ],
)
def test_nothing_else_may(number: str | None, why: str) -> None:
    assert judge(number) == why


@given(st.text(max_size=45))
def test_whatever_is_allowed_is_a_few_digits_and_judged_alike_again(text: str) -> None:
    found = judge(text)
    if isinstance(found, Allowed):
        assert found.digits.isascii()
        assert found.digits.isdigit()
        assert found.digits[0] == "0"
        assert 8 <= len(found.digits) <= 11
        assert judge(found.e164) == found
        assert judge(found.digits) == found
