"""The supervisor's board and the emergency switch."""

from __future__ import annotations

import logging
from uuid import uuid4

from fastapi import APIRouter

from agent_console import emergency
from agent_console.auth import audit
from agent_console.clock import now
from agent_console.deps import InParts, RowId, Supervisor
from agent_console.emergency import EmergencyBody
from agent_console.messages import Board
from contact_centre.database import read_scope, session_scope
from contact_centre.errors import Refused
from queue_manager.requests import EndHelp

log = logging.getLogger(__name__)
router = APIRouter(prefix="/api")


@router.get("/board")
async def board(visitor: Supervisor, parts: InParts) -> Board:
    """The board as it is now; pages that stay open get it over the websocket."""
    await parts.cards.catch_up()
    return parts.cards.board(parts.router.view())


@router.delete("/agents/{agent_id}/help", status_code=204)
async def help_is_there(agent_id: RowId, visitor: Supervisor, parts: InParts) -> None:
    """A supervisor goes to an agent who asked for help; it leaves the board."""
    answer = await parts.router.request(EndHelp(uuid4().hex, visitor.account_id, agent_id))
    if not answer.accepted:
        raise Refused(answer.reason, answer.message)


@router.get("/switches/emergency")
def get_emergency(visitor: Supervisor, parts: InParts) -> EmergencyBody:
    """How the switch stands."""
    with read_scope(parts.engine) as session:
        return emergency.read(session)


@router.put("/switches/emergency", status_code=204)
def put_emergency(body: EmergencyBody, visitor: Supervisor, parts: InParts) -> None:
    """Turn the announcement on or off."""
    with session_scope(parts.engine) as session:
        emergency.write(session, body, visitor.account_id, now())
        audit(session, visitor.account_id, "emergency_on" if body.on else "emergency_off", "switch:emergency", now())
    log.warning("the emergency announcement is %s", "on" if body.on else "off")
