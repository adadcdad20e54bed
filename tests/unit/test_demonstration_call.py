"""`huduma call` refuses what no telephone can do, before anything is dialled."""

from __future__ import annotations

import pytest

from contact_centre.errors import BadInput
from demonstration.call import main


@pytest.mark.parametrize("keys", ["1,x", "1;2", "9 9", "٣", "1,\r\nAction: Logoff"])
def test_keys_that_no_telephone_has(keys: str) -> None:
    with pytest.raises(BadInput, match="keypad"):
        main(["1919", "--keys", keys])
