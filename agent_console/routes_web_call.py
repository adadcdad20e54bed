"""The citizen's page asks for one call, and what the line says in it."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request

from agent_console import captions
from agent_console.deps import InParts, anyone
from agent_console.messages import PhoneCredentials, SaidBody, WebCallBody, WebCallNow
from agent_console.routes_phone import REALM
from agent_console.routes_sign_in import address_of
from agent_console.shield import phone_socket
from contact_centre.states import CallState
from ivr.captions import captions_path

router = APIRouter(prefix="/api")
WITH: dict[CallState, Literal["machine", "line", "person"]] = {
    CallState.IVR: "machine",
    CallState.WAITING: "line",
    CallState.OFFERED: "line",
    CallState.REJOINING: "line",
    CallState.CONNECTED: "person",
    CallState.HELD: "person",
    CallState.TRANSFERRING: "person",
}
"""Whom the citizen has on the line; nobody in any other state."""


@router.post("/web-call", dependencies=[anyone])
async def web_call(body: WebCallBody, request: Request, parts: InParts) -> PhoneCredentials:
    """Credentials for one call to the prefix, begun within a minute. Nothing else can be dialled with them."""
    given = await parts.web_calls.give(address_of(request), body.language)
    return PhoneCredentials(
        extension=given.endpoint,
        password=given.password,
        websocket_url=phone_socket(parts.settings, request.headers),
        realm=REALM,
        ice_servers=parts.settings.ice_servers,
        dial=parts.settings.prefixes[0],
        key=given.key,
    )


@router.post("/web-call/said", dependencies=[anyone])
async def said(body: SaidBody, parts: InParts) -> WebCallNow:
    """What the line said to the call of the page that has this key, and to whom the citizen speaks now."""
    call = parts.web_calls.call_of(body.key)
    if call is None:
        return WebCallNow(with_whom=None, said=[])
    lines = await captions.said(captions_path(parts.settings), call.id, body.after)
    return WebCallNow(with_whom=WITH.get(call.state), said=lines)
