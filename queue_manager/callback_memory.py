"""P. What the journal remembers of callbacks: a fold over their facts, for a router that starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from contact_centre.facts import Fact, Kind
from queue_manager.callback_events import RememberedCallback
from queue_manager.events import Wish

KINDS = (
    Kind.CALLBACK_ASKED,
    Kind.CALLBACK_DIALLED,
    Kind.CALLBACK_FAILED,
    Kind.CALLBACK_REACHED,
    Kind.CALL_ENDED,
)
"""The facts that it is folded from."""


def remembered_callbacks(facts: Iterable[Fact]) -> tuple[RememberedCallback, ...]:
    """Callbacks that are not done, from facts, oldest first."""
    found: dict[str, RememberedCallback] = {}
    for fact in facts:
        call_id, p = fact.call_id, fact.payload
        if call_id is None:
            continue
        if fact.kind is Kind.CALLBACK_ASKED:
            found[call_id] = RememberedCallback(call_id, _wish(p), int(p["number_id"]), fact.occurred_at)
        entry = found.get(call_id)
        if entry is None:
            continue
        match fact.kind:
            case Kind.CALLBACK_DIALLED:
                found[call_id] = replace(
                    entry, attempts=int(p["attempt"]), attempt_id=p["attempt_id"], dialled_at=fact.occurred_at
                )
            case Kind.CALLBACK_FAILED if "next_at" in p:
                found[call_id] = replace(entry, attempt_id=None, not_before=datetime.fromisoformat(p["next_at"]))
            case Kind.CALLBACK_FAILED | Kind.CALLBACK_REACHED | Kind.CALL_ENDED:
                del found[call_id]
            case _:
                pass
    return tuple(found.values())


def _wish(p: Mapping[str, Any]) -> Wish:
    return Wish(
        "sw" if p["language"] == "sw" else "en",
        p["queue"],
        frozenset(p["skills"]),
        int(p["priority"]),
        p.get("agency"),
        p.get("service"),
        datetime.fromisoformat(p["waiting_since"]),
    )
