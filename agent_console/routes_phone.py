"""The browser phone's credentials."""

from __future__ import annotations

from fastapi import APIRouter, Request

from agent_console.deps import AnsweringCalls, InParts
from agent_console.messages import PhoneCredentials
from agent_console.seats import take_seat
from agent_console.shield import phone_socket
from contact_centre.errors import Refused

REALM = "asterisk"
"""chan_pjsip's default realm."""

router = APIRouter(prefix="/api")


@router.post("/phone")
async def new_credentials(visitor: AnsweringCalls, request: Request, parts: InParts) -> PhoneCredentials:
    """Make new SIP credentials for this agent's seat; those before are refused from now on."""
    if not parts.live.holds_seat(visitor):
        raise Refused("taken_over", "You are signed in somewhere else; that page takes the calls.")
    assert visitor.agent_id is not None
    assert visitor.extension is not None
    password = await take_seat(parts, visitor.account_id, visitor.agent_id, visitor.extension)
    return PhoneCredentials(
        extension=visitor.extension,
        password=password,
        websocket_url=phone_socket(parts.settings, request.headers),
        realm=REALM,
        ice_servers=parts.settings.ice_servers,
    )
