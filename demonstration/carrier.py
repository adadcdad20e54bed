"""The demonstration's telephone company: places real SIP calls from its own Asterisk and works their telephones.

    async with Carrier(settings) as carrier:
        line = await carrier.place("1919", caller="0712345678")
        await line.answered()
        await line.press("1")
        await line.hang_up()
        await line.ended()          # line.heard is complete now

Everything comes from events: nothing here sleeps to let something happen. What its Asterisk offers is written at the
head of `asterisk_conf/templates/carrier/extensions.conf.j2`.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from contact_centre.errors import BadInput, LinkLost, Refused
from contact_centre.settings import Settings
from queue_manager.ami_inbound import Message
from queue_manager.ami_link import AmiLink

NUMBER = re.compile(r"\+?[0-9]{2,15}")
KEYS = re.compile(r"[0-9*#]+")
KEY_MS = 120
BETWEEN_KEYS_S = 0.1
"""A pause between two keys, as a finger makes it; RFC 4733 receivers join keys that follow at once."""


CALLED = {"Context": "called", "Priority": "1"}


class Line:
    """One citizen's telephone during one call."""

    def __init__(self, link: AmiLink, line_id: str, heard: Path) -> None:
        """Made by `Carrier.place`."""
        self.id = line_id
        self.heard = heard
        """WAV (8 kHz, mono) of what the citizen hears from the answer on; grows during the call, complete after it."""
        self.channel = ""
        """The channel's name on the carrier's Asterisk."""
        self.cause = 0
        """Why it ended (Q.850), once it did."""
        self._link = link
        loop = asyncio.get_running_loop()
        self._answered: asyncio.Future[None] = loop.create_future()
        self._ended: asyncio.Future[None] = loop.create_future()
        self._said: asyncio.Future[bool] | None = None

    @property
    def is_up(self) -> bool:
        """Answered and not ended."""
        return self._answered.done() and not self._ended.done()

    async def answered(self, timeout_s: float = 30) -> None:
        """Wait until the other side answers.

        Raises:
            Refused: it was refused, was busy, or ended without an answer.
            TimeoutError: neither happened in time.
        """
        await asyncio.wait({self._answered, self._ended}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if self._answered.done():
            return
        if self._ended.done():
            raise Refused("not_answered", f"the call was not answered (cause {self.cause})")
        raise TimeoutError("the call was not answered in time")

    async def pick_up(self) -> None:
        """Answer a telephone that rings (`Carrier.rings`); what is heard from then on is recorded.

        Raises:
            Refused: it has stopped ringing.
        """
        await self._do({"Action": "Setvar", "Channel": self.channel, "Variable": "HEARD", "Value": str(self.heard)})
        await self._do({"Action": "Redirect", "Channel": self.channel, **CALLED, "Exten": "answer"})
        await self.answered()

    async def refuse(self) -> None:
        """Be busy: the telephone stops ringing.

        Raises:
            Refused: it has stopped ringing.
        """
        await self._do({"Action": "Redirect", "Channel": self.channel, **CALLED, "Exten": "busy"})

    async def press(self, keys: str) -> None:
        """Press keys one after another, as telephone events; returns when the last was released.

        Raises:
            BadInput: something that is not on a telephone's keypad.
            Refused: the call has ended.
        """
        if not KEYS.fullmatch(keys):
            raise BadInput("a telephone has the keys 0-9, * and #")
        for number, key in enumerate(keys):
            if number:
                await asyncio.sleep(BETWEEN_KEYS_S)
            await self._do({"Action": "PlayDTMF", "Channel": self.channel, "Digit": key, "Duration": str(KEY_MS)})

    async def say(self, wav: Path, timeout_s: float = 60) -> None:
        """Speak a sound file (WAV, 8 kHz, mono, 16 bits) into the call; returns at its end. Saying again cuts it short.

        Raises:
            BadInput: the file cannot be played.
            Refused: the call has ended.
        """
        self._said = said = asyncio.get_running_loop().create_future()
        await self._do(
            {"Action": "Setvar", "Channel": self.channel, "Variable": "SAY", "Value": str(wav.with_suffix(""))}
        )
        await self._go_to("say")
        await asyncio.wait({said, self._ended}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        if said.done() and not said.result():
            raise BadInput(f"{wav.name} cannot be played: WAV, 8 kHz, mono, 16 bits is wanted")

    async def echo(self) -> None:
        """Give back from now on whatever is heard, as a bad telephone does, until something is said.

        Raises:
            Refused: the call has ended.
        """
        await self._go_to("echo")

    async def hang_up(self) -> None:
        """Put the handset down and wait until the call has ended; a call that ended already stays so."""
        if not self._ended.done():
            with suppress(Refused):  # it ended at the same moment
                await self._do({"Action": "Hangup", "Channel": self.channel or self.id, "Cause": "16"})
        await self.ended()

    async def ended(self, timeout_s: float = 60) -> int:
        """Wait until the call has ended, by whichever side; gives the cause (Q.850: 16 is a normal end).

        Raises:
            TimeoutError: it goes on.
        """
        await asyncio.wait_for(asyncio.shield(self._ended), timeout_s)
        return self.cause

    async def _go_to(self, place: str) -> None:
        there = {"Context": "subscriber", "Exten": place, "Priority": "1"}
        await self._do({"Action": "Redirect", "Channel": self.channel, **there})

    async def _do(self, action: dict[str, str]) -> None:
        if self._ended.done():
            raise Refused("ended", "the call has ended")
        answer = await self._link.action(action)
        if answer.get("response") != "Success":
            raise Refused("ended" if self._ended.done() else "refused", f"{action['Action']}: {answer.get('message')}")

    def take(self, event: Message) -> None:
        """One event about this line, in order."""
        match event.get("event"), event.get("userevent"):
            case "Newchannel", _:
                self.channel = str(event["channel"])
            case _, "LineAnswered":
                _settle(self._answered)
            case _, "LineSaid":
                if self._said is not None and not self._said.done():
                    self._said.set_result(event.get("status") == "SUCCESS")
            case "Hangup", _:
                self.cause = int(str(event.get("cause", 0)))
                _settle(self._ended)
            case "OriginateResponse", _:
                if event.get("response") != "Success" and not self.channel:
                    _settle(self._ended)


class Carrier:
    """The link to the telephone company's Asterisk. Leaving the block hangs up every call that is still up."""

    def __init__(self, settings: Settings, link_timeout_s: float = 10) -> None:
        """`link_timeout_s`: how long to wait for the telephone company to answer at first."""
        self._settings = settings
        self._link_timeout_s = link_timeout_s
        self._link = AmiLink(
            "127.0.0.1", settings.carrier_manager_port, "carrier", settings.secrets["carrier"], self._hear
        )
        self._lines: dict[str, Line] = {}
        self._up = asyncio.Event()
        self._called: dict[str, asyncio.Queue[Line]] = {}
        """Calls from the centre by the number called, not yet looked at."""

    async def place(self, number: str, caller: str | None = None, *, heard: Path | None = None) -> Line:
        """Dial `number`; returns as soon as the call is on its way. `caller` None withholds the number.

        Raises:
            BadInput: `number` or `caller` is not a telephone number.
            LinkLost: the telephone company does not answer.
        """
        if not NUMBER.fullmatch(number) or (caller is not None and not NUMBER.fullmatch(caller)):
            raise BadInput("a telephone number is digits, with + before them or not")
        line_id = f"line-{uuid4().hex}"
        heard = heard or self._settings.data_dir / "carrier" / "heard" / f"{line_id}.wav"
        heard.parent.mkdir(parents=True, exist_ok=True)
        if "," in str(heard):
            raise BadInput("the path of what is heard may not hold a comma")
        line = self._lines[line_id] = Line(self._link, line_id, heard)
        variables = [
            f"LINE_ID={line_id}",
            f"HEARD={heard}",
            *(["CONNECTEDLINE(pres)=prohib"] if caller is None else []),
        ]
        answer = await self._link.action(
            {
                "Action": "Originate",
                "ActionID": line_id,
                "ChannelId": line_id,
                "Channel": f"PJSIP/{number}@centre",
                "Context": "subscriber",
                "Exten": "s",
                "Priority": "1",
                "CallerID": f"<{caller or 'anonymous'}>",
                "Timeout": "60000",
                "Async": "true",
                "Variable": ",".join(variables),
            }
        )
        if answer.get("response") != "Success":
            del self._lines[line_id]
            raise Refused("refused", f"the call could not be placed: {answer.get('message')}")
        return line

    async def stays_by(self, number: str) -> None:
        """From now on the telephone of this number rings until it is picked up; left alone it is answered at once."""
        await self._link.action({"Action": "Setvar", "Variable": f"PHONE_{number}", "Value": "ring"})
        self._called.setdefault(number, asyncio.Queue())

    async def rings(self, number: str, timeout_s: float = 30) -> Line:
        """Wait until the centre calls this number, after `stays_by`; gives the telephone that rings.

        Raises:
            TimeoutError: nobody calls it in time.
        """
        called = self._called.setdefault(number, asyncio.Queue())
        return await asyncio.wait_for(called.get(), timeout_s)

    async def __aenter__(self) -> Carrier:
        """Connect.

        Raises:
            LinkLost: nothing answers on the telephone company's port.
        """
        await self._link.start()
        try:
            await asyncio.wait_for(self._up.wait(), self._link_timeout_s)
        except TimeoutError as error:
            await self._link.stop()
            raise LinkLost("the telephone company does not answer: is `huduma up` running?") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up what is up, then disconnect."""
        lines = [line for line in self._lines.values() if not line._ended.done()]
        await asyncio.gather(*(line.hang_up() for line in lines), return_exceptions=True)
        await self._link.stop()

    def _rings(self, event: Message) -> None:
        line_id, number = str(event.get("lineid")), str(event.get("number"))
        heard = self._settings.data_dir / "carrier" / "heard" / f"called-{uuid4().hex}.wav"
        heard.parent.mkdir(parents=True, exist_ok=True)
        line = self._lines[line_id] = Line(self._link, line_id, heard)
        line.channel = str(event.get("channel"))
        self._called.setdefault(number, asyncio.Queue()).put_nowait(line)

    def _hear(self, event: Message) -> None:
        if event.get("userevent") == "LineRings":
            self._rings(event)
        match event.get("event"):
            case "FullyBooted":
                self._up.set()
            case "LinkLost":
                for lost in self._lines.values():
                    _settle(lost._ended)
                return
        line = self._lines.get(str(event.get("lineid") or event.get("uniqueid") or event.get("actionid")))
        if line is None and event.get("event") == "OriginateResponse":
            line = self._lines.get(str(event.get("actionid")))
        if line is not None:
            line.take(event)
            if line._ended.done():
                self._lines.pop(line.id, None)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
