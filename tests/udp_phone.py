"""A telephone in a few lines, SIP over UDP, signalling only: it registers, rings, answers, refuses, hangs up, dials.

It answers with the SDP that a browser would send, but no audio follows: enough for every test of who may do what and
of what happens next. Asterisk drops such a call when its `rtp_timeout` (10 s) has passed.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from demonstration.sip_messages import SipMessage, proof

FINGERPRINT = ":".join(["AB"] * 32)
BROWSER_SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE audio-0\r\n"
    "m=audio {port} UDP/TLS/RTP/SAVPF 0 101\r\nc=IN IP4 127.0.0.1\r\na=mid:audio-0\r\na=rtcp-mux\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
    "a=candidate:1 1 UDP 2130706431 127.0.0.1 {port} typ host\r\n"
    f"a=fingerprint:sha-256 {FINGERPRINT}\r\na=setup:active\r\na=rtpmap:0 PCMU/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n"
)
PLAIN_SDP = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)


@dataclass(eq=False)
class UdpPhone(asyncio.DatagramProtocol):
    """One telephone with an address of its own on loopback."""

    name: str
    server_port: int
    port: int = 0
    received: list[SipMessage] = field(default_factory=list)
    _transport: asyncio.DatagramTransport | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _cseq: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    @asynccontextmanager
    async def plugged_in(cls, name: str, server_port: int, port: int = 0) -> AsyncIterator[UdpPhone]:
        """A telephone on this port, or a free one, until the block ends."""
        loop = asyncio.get_running_loop()
        transport, phone = await loop.create_datagram_endpoint(
            lambda: cls(name, server_port), local_addr=("127.0.0.1", port)
        )
        phone.port = transport.get_extra_info("sockname")[1]
        try:
            yield phone
        finally:
            transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep what came; say yes to keep-alives and to the end of a call."""
        if not data[:1].isalpha():  # keep-alives, and the STUN of a call whose audio this telephone does not have
            return
        message = SipMessage.parse(data.decode())
        self.received.append(message)
        if not message.status and message.method in {"OPTIONS", "BYE", "CANCEL"}:
            self.reply(message, 200, "OK")
        self._news.set()

    async def wait_for(self, wanted: Callable[[SipMessage], bool], timeout_s: float = 10, since: int = 0) -> SipMessage:
        """The first message that is wanted, among those that came and those to come."""
        async with asyncio.timeout(timeout_s):
            while True:
                self._news.clear()
                for message in self.received[since:]:
                    if wanted(message):
                        return message
                await self._news.wait()

    async def register(self, password: str, expires_s: int = 120) -> int:
        """Register with a password; the final status."""
        contact = f"Contact: <sip:{self.name}@127.0.0.1:{self.port}>\r\nExpires: {expires_s}\r\n"
        return (await self._request("REGISTER", f"{self.name}@127.0.0.1", password, contact)).status

    async def options(self, password: str | None = None) -> int:
        """Ask whether somebody is there; the final status."""
        return (await self._request("OPTIONS", "127.0.0.1", password, "")).status

    async def dial(
        self,
        number: str,
        password: str | None = None,
        headers: str = "",
        sdp: str = PLAIN_SDP,
        caller: str = "",
        timeout_s: float = 10,
    ) -> int:
        """Call a number; the final status. A call that succeeds stays up. `caller`: who it says it is, as in From."""
        contact = f"Contact: <sip:{self.name}@127.0.0.1:{self.port}>\r\n{headers}"
        final = await self._request(
            "INVITE", f"{number}@127.0.0.1", password, contact, sdp.format(port=self.port), caller, timeout_s
        )
        return final.status

    async def invited(self, timeout_s: float = 10, since: int = 0) -> SipMessage:
        """The next call that rings here; it is told that it rings."""
        invite = await self.wait_for(lambda message: message.first.startswith("INVITE "), timeout_s, since)
        self.reply(invite, 180, "Ringing")
        return invite

    def answer(self, invite: SipMessage) -> None:
        """Pick up."""
        contact = f"Contact: <sip:{self.name}@127.0.0.1:{self.port}>\r\nContent-Type: application/sdp\r\n"
        self.reply(invite, 200, "OK", contact, BROWSER_SDP.format(port=self.port))

    def refuse(self, invite: SipMessage, status: int = 486) -> None:
        """Do not pick up."""
        self.reply(invite, status, "No")

    async def hang_up(self, invite: SipMessage) -> int:
        """End a call that was answered here; the status of the BYE."""
        target = re.search(r"<(.*?)>", invite.get("contact"))
        assert target
        cseq = next(self._cseq) + 1000
        self._send(
            f"BYE {target[1]} SIP/2.0\r\nVia: {self._via()}\r\nFrom: {invite.get('to')};tag={self._tag(invite)}\r\n"
            f"To: {invite.get('from')}\r\nCall-ID: {invite.get('call-id')}\r\nCSeq: {cseq} BYE\r\n",
        )
        return (await self.wait_for(lambda m: m.status >= 200 and m.get("cseq") == f"{cseq} BYE")).status

    def reply(self, request: SipMessage, status: int, reason: str, headers: str = "", body: str = "") -> None:
        """Answer a request."""
        vias = "".join(f"Via: {value}\r\n" for key, value in request.headers if key == "via")
        to = request.get("to") if "tag=" in request.get("to") else f"{request.get('to')};tag={self._tag(request)}"
        head = f"SIP/2.0 {status} {reason}\r\n{vias}From: {request.get('from')}\r\nTo: {to}\r\n"
        self._send(f"{head}Call-ID: {request.get('call-id')}\r\nCSeq: {request.get('cseq')}\r\n{headers}", body)

    async def _request(
        self,
        method: str,
        target: str,
        password: str | None,
        headers: str,
        body: str = "",
        caller: str = "",
        timeout_s: float = 10,
    ) -> SipMessage:
        call, sender = secrets.token_hex(8), f"{caller or f'<sip:{self.name}@127.0.0.1>'};tag={secrets.token_hex(4)}"
        shown, to, content = "", "", "Content-Type: application/sdp\r\n" if body else ""
        for last_try in (password is None, True):
            cseq, via = next(self._cseq), self._via()
            common = f"From: {sender}\r\nTo: <sip:{target}>{to}\r\nCall-ID: {call}\r\n"
            start = f"sip:{target if method == 'INVITE' else f'127.0.0.1:{self.server_port}'} SIP/2.0\r\n"
            self._send(
                f"{method} {start}Via: {via}\r\n{common}CSeq: {cseq} {method}\r\n{shown}{headers}{content}", body
            )
            wanted = f"{cseq} "
            final = await self.wait_for(
                lambda m, wanted=wanted: m.status >= 200 and m.get("cseq").startswith(wanted),  # type: ignore[misc]
                timeout_s,
            )
            if method == "INVITE":
                acknowledged = f"From: {sender}\r\nTo: {final.get('to')}\r\nCall-ID: {call}\r\n"
                self._send(f"ACK {start}Via: {via}\r\n{acknowledged}CSeq: {cseq} ACK\r\n")
            if final.status != 401 or last_try:
                return final
            uri, challenge = start.split()[0], final.get("www-authenticate")
            shown = f"Authorization: {proof(challenge, method, uri, self.name, password or '')}\r\n"
        raise AssertionError("not reached")

    def _via(self) -> str:
        return f"SIP/2.0/UDP 127.0.0.1:{self.port};rport;branch=z9hG4bK{secrets.token_hex(8)}"

    def _tag(self, request: SipMessage) -> str:
        return hashlib.md5(f"{self.port}{request.get('call-id')}".encode()).hexdigest()[:10]

    def _send(self, head: str, body: str = "") -> None:
        assert self._transport
        whole = f"{head}Max-Forwards: 70\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        self._transport.sendto(whole.encode(), ("127.0.0.1", self.server_port))
