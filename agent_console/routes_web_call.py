"""The citizen's page asks for one call."""

from __future__ import annotations

from fastapi import APIRouter, Request

from agent_console.deps import InParts, anyone
from agent_console.messages import Message, PhoneCredentials
from agent_console.routes_phone import REALM
from agent_console.routes_sign_in import address_of
from agent_console.shield import phone_socket
from contact_centre.model import Language

router = APIRouter(prefix="/api")


class WebCallBody(Message):
    """The page's language; the line asks again, as it asks every caller."""

    language: Language = "en"


@router.post("/web-call", dependencies=[anyone])
async def web_call(body: WebCallBody, request: Request, parts: InParts) -> PhoneCredentials:
    """Credentials for one call to the prefix, begun within a minute. Nothing else can be dialled with them."""
    endpoint, password = await parts.web_calls.give(address_of(request))
    return PhoneCredentials(
        extension=endpoint,
        password=password,
        websocket_url=phone_socket(parts.settings, request.headers),
        realm=REALM,
        ice_servers=parts.settings.ice_servers,
        dial=parts.settings.prefixes[0],
    )
