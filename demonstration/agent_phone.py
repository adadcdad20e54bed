"""An agent's telephone without a page: SIP over Asterisk's own websocket (RFC 7118), sound by aiortc (WebRTC).

    async with AgentPhone.plugged_in(credentials, voice) as phone:   # registered
        ...                                                          # every call is answered, and spoken into

To Asterisk it is what the agent's page is: the same endpoint, the same encryption, the same sound both ways.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaBlackhole
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from contact_centre.errors import LinkLost
from demonstration.listening import RATE
from demonstration.sip_messages import SipMessage, answer, proof

Voice = npt.NDArray[np.int16]
"""What an agent says: 8 kHz, mono, said again and again."""
FRAME = RATE // 50
"""Samples in 20 ms."""
EXPIRES_S = 120
RINGS_S = (0.5, 2.0)
"""How long it rings before it is answered: people are not machines (s)."""
ANSWER_WITHIN_S = 10
LONG_FINGERPRINTS = ("a=fingerprint:sha-384", "a=fingerprint:sha-512")
"""Asterisk warns of them; the one that is left is enough."""
ALLOW = "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE\r\n"


class Microphone(MediaStreamTrack):  # type: ignore[misc]  # aiortc is looked at by nobody's type checker here
    """A track that says a voice over and over, in time."""

    kind = "audio"

    def __init__(self, voice: Voice) -> None:
        """Begins anywhere in it, so that two agents do not speak in chorus."""
        super().__init__()
        self._voice = voice
        self._from = random.randrange(len(voice))
        self._said = 0
        self._began_at_s = asyncio.get_running_loop().time()

    async def recv(self) -> AudioFrame:
        """The next 20 ms, when it is time."""
        if self.readyState != "live":
            raise MediaStreamError
        due_s = self._began_at_s + self._said / RATE
        await asyncio.sleep(max(0.0, due_s - asyncio.get_running_loop().time()))
        places = np.arange(self._from + self._said, self._from + self._said + FRAME) % len(self._voice)
        frame = AudioFrame.from_ndarray(self._voice[places].reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._said, Fraction(1, RATE)
        self._said += FRAME
        return frame


class AgentPhone:
    """One registered telephone."""

    def __init__(self, socket: ClientConnection, credentials: Mapping[str, object], voice: Voice) -> None:
        """Made by `plugged_in`; `credentials` are what the console gives (`PhoneCredentials`)."""
        self._socket = socket
        self._user = str(credentials["extension"])
        self._password = str(credentials["password"])
        self._realm = str(credentials["realm"])
        servers = credentials["ice_servers"]
        assert isinstance(servers, list)
        self._ice = RTCConfiguration([RTCIceServer(url) for url in servers])
        self._voice = voice
        self._host = f"{secrets.token_hex(6)}.invalid"  # as RFC 7118 wants it: nobody looks it up
        self._tag, self._registration = secrets.token_hex(4), secrets.token_hex(8)
        self._cseq = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[SipMessage]] = {}
        self._calls: dict[str, RTCPeerConnection] = {}
        """Call-ID -> its sound."""
        self._answering: dict[str, asyncio.Task[None]] = {}
        self._keeping: list[asyncio.Task[None]] = []
        """What hears and what stays registered: when one of them ends, the line is lost."""

    @classmethod
    @asynccontextmanager
    async def plugged_in(cls, credentials: Mapping[str, object], voice: Voice) -> AsyncIterator[AgentPhone]:
        """A registered telephone until the block ends.

        Raises:
            LinkLost: Asterisk refuses the credentials, or its websocket ends.
            OSError: nothing answers at the websocket.
        """
        url, protocol = str(credentials["websocket_url"]), Subprotocol("sip")
        async with connect(url, subprotocols=[protocol], proxy=None, open_timeout=10) as socket:
            phone = cls(socket, credentials, voice)
            phone._keeping = [asyncio.create_task(phone._hear())]
            try:
                await phone._register()
                phone._keeping.append(asyncio.create_task(phone._stay_registered()))
                yield phone
            finally:
                with suppress(LinkLost, TimeoutError):
                    await phone._register(expires_s=0)
                await phone._let_go()
                for task in phone._keeping:
                    task.cancel()
                await asyncio.gather(*phone._keeping, return_exceptions=True)

    async def _stay_registered(self) -> None:
        while True:
            await asyncio.sleep(EXPIRES_S / 2)
            await self._register()

    async def _register(self, expires_s: int = EXPIRES_S) -> None:
        uri, authorization = f"sip:{self._realm}", ""
        for _ in range(2):
            cseq = f"{next(self._cseq)} REGISTER"
            self._waiting[cseq] = waited = asyncio.get_running_loop().create_future()
            me = f"<sip:{self._user}@{self._realm}>"
            await self._send(
                f"REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/WS {self._host};branch=z9hG4bK{secrets.token_hex(8)}\r\n"
                f"Max-Forwards: 70\r\nFrom: {me};tag={self._tag}\r\nTo: {me}\r\nCall-ID: {self._registration}\r\n"
                f"CSeq: {cseq}\r\n{self._contact()}Expires: {expires_s}\r\n{authorization}Content-Length: 0\r\n\r\n"
            )
            said = await asyncio.wait_for(waited, ANSWER_WITHIN_S)
            if said.status == 200:
                return
            if said.status != 401:
                break
            shown = proof(said.get("www-authenticate"), "REGISTER", uri, self._user, self._password)
            authorization = f"Authorization: {shown}\r\n"
        raise LinkLost(f"the telephone of {self._user} is refused ({said.status})")

    def _contact(self) -> str:
        return f"Contact: <sip:{self._user}@{self._host};transport=ws>\r\n"

    async def _send(self, text: str) -> None:
        try:
            await self._socket.send(text)
        except ConnectionClosed as error:
            raise LinkLost("the line of the telephone is lost") from error

    async def lost(self) -> None:
        """Wait until the line is lost, which may never be.

        Raises:
            LinkLost: it is.
        """
        await asyncio.wait(self._keeping, return_when=asyncio.FIRST_COMPLETED)
        raise LinkLost("the line of the telephone is lost")

    async def _hear(self) -> None:
        async for frame in self._socket:
            text = frame if isinstance(frame, str) else frame.decode(errors="replace")
            if text.strip():  # an empty one is a keep-alive
                await self._take(SipMessage.parse(text))

    async def _take(self, message: SipMessage) -> None:
        call_id = message.call_id
        if message.status:
            waited = self._waiting.pop(message.get("cseq"), None) if message.status >= 200 else None
            if waited is not None and not waited.done():
                waited.set_result(message)
            return
        match message.method:
            case "ACK":
                return
            case "INVITE" if call_id in self._calls:  # asked again in the midst of a call: all stays as it is
                await self._answer_with(message, self._calls[call_id])
            case "INVITE" if self._calls or self._answering:
                await self._send(answer(message, "486 Busy Here", self._tag))
            case "INVITE":
                await self._send(answer(message, "180 Ringing", self._tag, self._contact()))
                self._answering[call_id] = asyncio.create_task(self._pick_up(message))
            case "CANCEL":
                await self._send(answer(message, "200 OK", self._tag))
                if (task := self._answering.get(call_id)) is not None:
                    task.cancel()
            case "BYE":
                await self._send(answer(message, "200 OK", self._tag))
                await self._over(call_id)
            case "OPTIONS" | "UPDATE":
                await self._send(answer(message, "200 OK", self._tag, self._contact() + ALLOW))
            case _:
                await self._send(answer(message, "405 Method Not Allowed", self._tag, ALLOW))

    async def _pick_up(self, invite: SipMessage) -> None:
        """Ring for a moment, then answer; a caller who gives up meanwhile is told so."""
        call_id, sound = invite.call_id, RTCPeerConnection(self._ice)
        try:
            await asyncio.sleep(random.uniform(*RINGS_S))
            heard = MediaBlackhole()
            sound.on("track", heard.addTrack)
            await sound.setRemoteDescription(RTCSessionDescription(invite.body, "offer"))
            sound.addTrack(Microphone(self._voice))
            await sound.setLocalDescription(await sound.createAnswer())
            self._calls[call_id] = sound
            await self._answer_with(invite, sound)
            await heard.start()
        except asyncio.CancelledError:
            await sound.close()
            self._calls.pop(call_id, None)
            with suppress(LinkLost):
                await self._send(answer(invite, "487 Request Terminated", self._tag))
            raise
        except ValueError:  # an offer that aiortc cannot take up: the next agent gets the call
            await sound.close()
            await self._send(answer(invite, "488 Not Acceptable Here", self._tag))
        finally:
            self._answering.pop(call_id, None)

    async def _answer_with(self, invite: SipMessage, sound: RTCPeerConnection) -> None:
        lines = sound.localDescription.sdp.splitlines()
        sdp = "".join(f"{line}\r\n" for line in lines if not line.startswith(LONG_FINGERPRINTS))
        more = f"{self._contact()}{ALLOW}Content-Type: application/sdp\r\n"
        await self._send(answer(invite, "200 OK", self._tag, more, sdp))

    async def _over(self, call_id: str) -> None:
        if call_id in self._calls:
            await self._calls.pop(call_id).close()

    async def _let_go(self) -> None:
        """Put everything down."""
        for task in list(self._answering.values()):
            task.cancel()
        await asyncio.gather(*self._answering.values(), return_exceptions=True)
        for call_id in list(self._calls):
            await self._over(call_id)
