"""Where a call may be handed to, with what the agent must know to choose: who waits there and who is ready."""

from __future__ import annotations

from fastapi import APIRouter

from agent_console.deps import AnsweringCalls, InParts
from agent_console.messages import TransferTargets
from agent_console.transfer_targets import targets
from contact_centre.model import Language

router = APIRouter(prefix="/api")


@router.get("/transfer-targets")
def transfer_targets(visitor: AnsweringCalls, parts: InParts, language: Language = "en") -> TransferTargets:
    """Queues and ready colleagues for a caller who speaks this language; asked again while the choice is open."""
    return targets(
        parts.router.view(), parts.router.rules.queues, parts.catalogue, parts.cards.people, language,
        visitor.agent_id,
    )  # fmt: skip
