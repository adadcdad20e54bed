"""ASGI middleware around everything: security headers, the CSRF header, same origin, and bounded bodies."""

from __future__ import annotations

import logging
import re
import traceback
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent_console.refusals import answer
from contact_centre.settings import Settings

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]{1,253})(:\d{1,5})?")


def plain_host(headers: Headers, otherwise: str = "127.0.0.1") -> str:
    """The host (no port) that the browser asked for, if it is one that can be written into a header."""
    match = HOST.fullmatch(headers.get("host", ""))
    return match[1] if match else otherwise


def same_origin(headers: Headers) -> bool | None:
    """Whether the page that sends this came from here; None when the sender does not say (no browser)."""
    origin = headers.get("origin")
    if origin is None:
        return None
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower() and origin != "null"


def phone_socket(settings: Settings, headers: Headers) -> str:
    """Asterisk's websocket as this browser reaches it."""
    return settings.asterisk_websocket_url or f"ws://{plain_host(headers)}:{settings.asterisk_http_port}/ws"


def content_policy(settings: Settings, headers: Headers) -> str:
    """Only our own files; styles may be inline (the component library sets them); sockets only ours and Asterisk's."""
    phone = urlsplit(phone_socket(settings, headers))
    ours = headers.get("host", "") if HOST.fullmatch(headers.get("host", "")) else plain_host(headers)
    sockets = f"{phone.scheme}://{phone.netloc} ws://{ours} wss://{ours}"
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        f"font-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self' {sockets}; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


class Shield:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        """Guard `app`."""
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through, or answer it here."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        started = False

        async def _guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._harden(MutableHeaders(scope=message), headers, scope["path"])
            await send(message)

        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await refusal(scope, receive, _guarded_send)
            return
        taken = 0

        async def _bounded_receive() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                raise HTTPException(413)
            return message

        try:
            await self.app(scope, _bounded_receive, _guarded_send)
        except Exception as error:
            # Where it failed, not what with: a database's message quotes names and numbers.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s failed with %s\n%s", scope["method"], type(error).__name__, where)
            if started:
                raise
            failed = answer(500, "failed", "This did not work; it is our mistake and was written down.")
            await failed(scope, receive, _guarded_send)

    def _refusal(self, scope: Scope, headers: Headers) -> ASGIApp | None:
        if scope["method"] in CHANGES:
            if headers.get("x-requested-with") != "huduma" or same_origin(headers) is False:
                return answer(403, "foreign", "This request did not come from our own pages.")
            length = headers.get("content-length", "0")
            if not (length.isascii() and length.isdigit() and len(length) <= 20 and int(length) <= LARGEST_BODY):
                return answer(413, "too_large", "This is more than is ever needed.")
        return None

    def _harden(self, out: MutableHeaders, asked: Headers, path: str) -> None:
        out["Content-Security-Policy"] = content_policy(self.settings, asked)
        out["X-Content-Type-Options"] = "nosniff"
        out["X-Frame-Options"] = "DENY"
        out["Referrer-Policy"] = "no-referrer"
        out["Cross-Origin-Opener-Policy"] = "same-origin"
        out["Cross-Origin-Resource-Policy"] = "same-origin"
        out["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(self)"
        if self.settings.secure_cookies:
            out["Strict-Transport-Security"] = "max-age=31536000"
        if path.startswith("/api/"):
            out.setdefault("Cache-Control", "no-store")
