"""P. Callbacks counted: a fold over the journal, apart from what was answered and abandoned on the line."""

from __future__ import annotations

from dataclasses import dataclass

from contact_centre.facts import Fact, Kind


@dataclass(slots=True)
class CallbackTally:
    """What became of the callbacks of a time. Each fact once, in the journal's order."""

    offered: int = 0
    """Calls that were told that they need not stay on the line."""
    asked: int = 0
    """Places that were kept."""
    attempts: int = 0
    """How often a citizen's telephone was rung."""
    reached: int = 0
    """Citizens who answered and pressed 1."""
    failed: int = 0
    """Citizens who were not reached in the end, or needed it no more."""

    def apply(self, fact: Fact) -> None:
        """Count one fact."""
        match fact.kind:
            case Kind.CALLBACK_OFFERED:
                self.offered += 1
            case Kind.CALLBACK_ASKED:
                self.asked += 1
            case Kind.CALLBACK_DIALLED:
                self.attempts += 1
            case Kind.CALLBACK_REACHED:
                self.reached += 1
            case Kind.CALLBACK_FAILED if "next_at" not in fact.payload:
                self.failed += 1
            case _:
                pass
