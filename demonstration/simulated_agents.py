"""Simulated agents: each signs in at the console as a person does, takes calls on a telephone of its own, says
something into them, ends them, writes down what they were about, and goes on.

No browser is needed: the console's own requests and websocket are used, and `agent_phone.py` is the telephone. To
router, Asterisk and board there is no difference: sound goes both ways, encrypted, and is recorded.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from citizen_services.sample_data import DEMONSTRATION_PASSWORD
from contact_centre.errors import LinkLost, SetupFailed
from contact_centre.settings import Settings
from demonstration import sound_files
from demonstration.agent_phone import AgentPhone, Voice
from demonstration.listening import RATE

MOST = 12
"""How many sample agents there are."""
PAUSE_S = (1.0, 3.0)
"""How long an agent looks at the page before becoming ready (s)."""
WRAP_UP_S = (2.0, 6.0)
AGAIN_AFTER_S = 2.0
"""After a lost line (the console or Asterisk starts anew) an agent comes back so much later (s)."""
SIGN_OUT_S = 30.0
"""So long an agent tries: a busy machine takes its time to end the calls of all simulated citizens (s)."""
NOW = {
    "ready": "ready",
    "offered": "ringing",
    "on_call": "on a call",
    "wrap_up": "wrap-up",
    "paused": "paused",
}
"""The agent's state in the words of the summary."""
Tell = Callable[[int, str], None]


async def work(settings: Settings, number: int, talk_s: float, voice: Voice, now_doing: Tell) -> None:
    """Be agent `number` (from 1) until cancelled: become ready, talk about `talk_s` seconds (mean), write it down.

    Raises:
        SetupFailed: the house does not let this agent in.
    """
    while True:
        try:
            async with AsyncExitStack() as stack:
                asking = httpx.AsyncClient(
                    base_url=settings.console_url, headers={"X-Requested-With": "huduma"}, trust_env=False
                )
                await stack.enter_async_context(asking)
                agent = Agent(asking, number, talk_s, now_doing)
                await agent.sign_in()
                stack.callback(now_doing, number, "signed out")
                credentials = await agent.asked("POST", "/api/phone")
                phone = await stack.enter_async_context(AgentPhone.plugged_in(credentials, voice))
                stack.push_async_callback(agent.sign_out)
                live = settings.console_url.replace("http", "ws", 1) + "/live"
                cookies = "; ".join(f"{name}={value}" for name, value in asking.cookies.items())
                socket = await stack.enter_async_context(
                    connect(
                        live, origin=Origin(settings.console_url), additional_headers={"Cookie": cookies}, proxy=None
                    )
                )
                await _until_lost(agent.live(socket), phone.lost())
        except (httpx.HTTPError, LinkLost, OSError, TimeoutError, WebSocketException):
            now_doing(number, "away")  # a part starts anew: so does this agent
        await asyncio.sleep(AGAIN_AFTER_S)


@dataclass
class Agent:
    """One agent at work, as the console shows it to them."""

    asking: httpx.AsyncClient
    number: int
    talk_s: float
    now_doing: Tell
    me: dict[str, Any] = field(default_factory=dict)
    call: dict[str, Any] = field(default_factory=dict)
    _busy_with: tuple[str, str, bool] | None = None
    """State, call and whether the phone is registered: what something is being done about."""
    _task: asyncio.Task[None] | None = None

    async def sign_in(self) -> None:
        """Begin a session.

        Raises:
            SetupFailed: the name and the demonstration's password are refused.
        """
        said = await self.asking.post(
            "/api/sign-in", json={"username": f"agent{self.number}", "password": DEMONSTRATION_PASSWORD}
        )
        if said.status_code >= 500:
            raise LinkLost("the console is not ready")
        if said.is_error:
            raise SetupFailed(f"agent{self.number} cannot sign in: the house answers {said.status_code}")

    async def asked(self, method: str, path: str, body: object = None) -> Any:
        """What the console answers, as JSON.

        Raises:
            LinkLost: it refuses; whoever asks begins anew.
        """
        said = await self.asking.request(method, path, json=body)
        if said.is_error:
            raise LinkLost(f"the console answers {said.status_code}")
        return said.json()

    async def sign_out(self) -> None:
        """End the session; refused while a citizen is on the line, so it is asked again."""
        self._drop()
        until = time.monotonic() + SIGN_OUT_S
        while time.monotonic() < until:
            try:
                if (await self.asking.post("/api/sign-out")).status_code in (204, 401):
                    return
            except httpx.TimeoutException:
                pass  # it is slow
            except httpx.HTTPError:
                return
            await asyncio.sleep(0.25)

    async def live(self, socket: ClientConnection) -> None:
        """Follow the page's websocket and do what a person would, until it ends.

        Raises:
            LinkLost: somebody else is this agent now, or the house has forgotten that they work.
        """
        await socket.send(json.dumps({"type": "hello", "tab": uuid4().hex, "take_over": True}))
        codes = [one["code"] for one in await self.asked("GET", "/api/dispositions")]
        async for said in socket:
            message = json.loads(said)
            match message["type"]:
                case "taken_over":
                    raise LinkLost("somebody else signed in as this agent")
                case "outcome" if not message["accepted"]:
                    self._busy_with = None
                case "snapshot" | "delta":
                    self.me = message.get("me") or self.me
                    self.call = (message["call"] or {}) if "call" in message else self.call
            self._look(socket, codes)

    def _look(self, socket: ClientConnection, codes: list[str]) -> None:
        """Begin what this moment asks for, once; what an earlier one asked for is not worked on any more."""
        state, call_id = self.me.get("state", ""), self.call.get("call_id", "")
        now = (state, call_id, bool(self.me.get("phone_registered")))
        if now == self._busy_with:
            return
        self._busy_with = now
        self.now_doing(self.number, NOW.get(state, state))
        self._drop()
        match now:
            case "signed_out", _, _:
                raise LinkLost("the house has forgotten this agent")
            case "paused", _, True:
                self._task = asyncio.create_task(_ask(socket, random.uniform(*PAUSE_S), what="ready"))
            case "on_call", str(call_id), _ if call_id:
                talk_s = random.expovariate(1 / self.talk_s)
                self._task = asyncio.create_task(_ask(socket, talk_s, what="end_call", call_id=call_id))
            case "wrap_up", str(call_id), _ if call_id:
                self._task = asyncio.create_task(self._write_down(call_id, random.choice(codes)))

    async def _write_down(self, call_id: str, code: str) -> None:
        await asyncio.sleep(random.uniform(*WRAP_UP_S))
        with suppress(LinkLost, httpx.HTTPError):  # then the wrap-up ends when its time is over
            await self.asked("POST", f"/api/calls/{call_id}/disposition", {"code": code, "then": "ready"})

    def _drop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None


async def _ask(socket: ClientConnection, after_s: float, **ask: str) -> None:
    await asyncio.sleep(after_s)
    with suppress(WebSocketException):  # whoever follows the socket sees it too
        await socket.send(json.dumps({"type": "ask", "id": uuid4().hex, **ask}))


async def _until_lost(*lines: Coroutine[Any, Any, None]) -> None:
    """Until the first of them ends; its error is raised."""
    tasks = [asyncio.create_task(line) for line in lines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


def voice_of(settings: Settings) -> Voice:
    """A minute of the line's own English sentences: what agents say."""
    sounds = sound_files.prompts(settings.data_dir / "prompts").items()
    english = [sound for name, sound in sounds if name.startswith("en/")] or [np.zeros(RATE, np.float32)]
    return np.concatenate(english)[: 60 * RATE].astype(np.int16)
