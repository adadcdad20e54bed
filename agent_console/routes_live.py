"""The websocket's door: who may open it, what may be said, and what each word does."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from pydantic import TypeAdapter, ValidationError

from agent_console.asks import perform
from agent_console.deps import look_up, parts_of
from agent_console.live_page import SIGNED_OUT_CODE, LivePage
from agent_console.messages import Ask, ClientMessage, Hello, Ping, Pong, Wrong
from agent_console.parts import Parts
from agent_console.shield import same_origin

log = logging.getLogger(__name__)
router = APIRouter()

LONGEST_MESSAGE = 16 * 1024
HELLO_WITHIN_S = 15.0
_said: TypeAdapter[Hello | Ask | Ping] = TypeAdapter(ClientMessage)


@router.websocket("/live")
async def live(socket: WebSocket) -> None:
    """Show one page what happens, and take its requests."""
    if not same_origin(socket.headers):
        await socket.close(1008)  # before it is accepted: the browser sees 403
        return
    visitor = await asyncio.to_thread(look_up, socket)
    try:
        await socket.accept()
        if visitor is None:
            await socket.close(SIGNED_OUT_CODE)
    except (RuntimeError, WebSocketDisconnect):  # the page left meanwhile
        return
    if visitor is None:
        return
    parts = parts_of(socket)
    page = LivePage(socket, visitor)
    telling = asyncio.create_task(page.send_all())
    hearing = asyncio.create_task(_hear(parts, page))
    try:
        await asyncio.wait((telling, hearing), return_when=asyncio.FIRST_COMPLETED)
    finally:
        parts.live.gone(page)
        for task in (telling, hearing):
            task.cancel()
        for outcome in await asyncio.gather(telling, hearing, return_exceptions=True):
            if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
                log.error("a page's socket failed", exc_info=outcome)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # closed already
            await socket.close()


async def _hear(parts: Parts, page: LivePage) -> None:
    while True:
        within = HELLO_WITHIN_S if page.tab is None else None
        try:
            received = await asyncio.wait_for(page.socket.receive(), within)
        except TimeoutError:
            return
        if received["type"] == "websocket.disconnect":
            return
        text = received.get("text")
        if text is None or len(text.encode(errors="replace")) > LONGEST_MESSAGE:
            page.say(Wrong(message="A message is text of at most 16 kB."))
            continue
        try:
            said = _said.validate_json(text)
        except ValidationError:
            page.say(Wrong(message="This message is not known."))
            continue
        await _answer(parts, page, said)


async def _answer(parts: Parts, page: LivePage, said: Hello | Ask | Ping) -> None:
    match said:
        case Ping():
            page.say(Pong())
        case Hello():
            await parts.live.hello(page, said)
        case Ask() if page.tab is None:
            page.say(Wrong(message="Say hello first."))
        case Ask():
            page.say(await perform(parts, page, said))
