"""Whatever the server refuses, a page in Kiswahili says why in Kiswahili."""

from __future__ import annotations

import ast
import re

from agent_console.refusals import STATUS
from contact_centre.settings import PROJECT_ROOT

ROOMS = ("agent_console", "queue_manager", "citizen_services")
SW = PROJECT_ROOT / "agent_console" / "web" / "src" / "words" / "sw.ts"
CODE = re.compile(r"[a-z_]+\Z")


def reasons() -> set[str]:
    """Every code that stands in `Refused(code, …)`, in a refused `Outcome`, or in the table of statuses."""
    found = set(STATUS) | {"bad_input", "not_reachable"}
    for room in ROOMS:
        for path in (PROJECT_ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    found |= _codes(node)
    return found


def _codes(call: ast.Call) -> set[str]:
    assert isinstance(call.func, ast.Name)
    given = [word.value for word in call.keywords if word.arg == "reason"] if call.func.id == "Outcome" else []
    given += call.args[:1] if call.func.id == "Refused" else []
    return {g.value for g in given if isinstance(g, ast.Constant) and isinstance(g.value, str) and CODE.match(g.value)}


def test_every_reason_has_its_words_in_kiswahili() -> None:
    table = re.search(r"because: \{(.*?)\n    \},", SW.read_text(), re.DOTALL)
    assert table is not None
    said = set(re.findall(r"(\w+): '", table[1]))
    assert len(reasons()) > 15
    assert reasons() <= said, f"no words for {sorted(reasons() - said)}"
