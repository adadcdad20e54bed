"""The routing file: the one that is shipped is right; mistakes are refused with file, line and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from contact_centre.errors import FileMistake
from contact_centre.settings import PROJECT_ROOT
from queue_manager.routing_file import read_routing

GOOD = """\
queues:
  general:
    title: {en: General, sw: Jumla}
"""


def test_the_shipped_file_names_the_seven_queues() -> None:
    rules = read_routing(PROJECT_ROOT / "queue_manager" / "routing.yaml", ring_s=12)
    assert list(rules.queues) == [
        "general", "identity", "travel", "transport", "taxes-business", "social", "justice-land",
    ]  # fmt: skip
    assert all(queue.ring_s == 12 and queue.title["en"] and queue.title["sw"] for queue in rules.queues.values())
    assert "lunch" in rules.pause_reasons


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "empty"),
        ("- a\n", 1, "expected names"),
        ("queues:\n  travel:\n    title: {en: T, sw: T}\n", 2, "named general"),
        (GOOD + "quees: {}\n", 4, "not known"),
        (GOOD + "  Ident ity:\n    title: {en: a, sw: b}\n", 5, "lower-case"),
        (GOOD + "  travel:\n    title: {en: Travel}\n", 5, "no title in 'sw'"),
        (GOOD + "    ring_s: soon\n", 4, "expected a number"),
        (GOOD + "    ring_s: .nan\n", 4, "expected a number"),
        (GOOD + "    ring_s: 0\n", 4, "must be from"),
        (GOOD + "    target: 80\n", 4, "must be from"),
        (GOOD + "  general:\n    title: {en: a, sw: b}\n", 4, "twice"),
        (GOOD + '    agencies: ["x\'; DROP"]\n', 3, "not an agency"),
        (GOOD + "pause_reasons: [missed]\n", 4, "the house itself"),
        (GOOD + "pause_reasons: [${}]\n", 4, "expected"),
        (GOOD + "pause_reasons: lunch\n", 4, "expected a list"),
        (GOOD + "  : {\n", None, ""),
    ],
)
def test_mistakes_are_refused_with_their_place(tmp_path: Path, text: str, line: int | None, reason: str) -> None:
    path = tmp_path / "routing.yaml"
    path.write_text(text)
    with pytest.raises(FileMistake) as caught:
        read_routing(path)
    assert caught.value.path == path
    assert reason in caught.value.reason
    if line is not None:
        assert caught.value.line == line


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(FileMistake, match="cannot be read"):
        read_routing(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileMistake):
        read_routing(tmp_path / "bytes.yaml")
