"""The link to Asterisk's manager interface: the only import of panoramisk, and of what must be known about it.

- Its `dispatch` starts a task for each coroutine callback, so order is lost and exceptions vanish: here one synchronous
  callback puts every message into one queue. An exception in it would close the link, so none leaves it.
- After a reconnect it sends unanswered actions again, a stale Redirect among them: every action we use is named
  forgettable, and whoever waits for its answer gets `LinkLost`.
- Its list collection resolves later than the messages that follow: with `as_list=False` the items of a list are
  dispatched like events, in their place among them.
- Its pings have no timeout, and closing its protocol stops its reconnecting: the watchdog aborts the transport instead.
- It decodes chunk by chunk: latin-1 cannot lose a byte, and all that we read is ASCII.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from panoramisk import Manager

from contact_centre.errors import LinkLost
from queue_manager.ami_inbound import Message

log = logging.getLogger(__name__)

PING_EVERY_S = 5.0
PING_TIMEOUT_S = 5.0
RECONNECT_S = 1
ANSWER_TIMEOUT_S = 10.0
NEVER_S = 10**8

FORGETTABLE = (
    "ping",
    "login",
    "logoff",
    "setvar",
    "redirect",
    "hangup",
    "originate",
    "playdtmf",
    "bridge",
    "dbput",
    "dbdel",
    "dbdeltree",
    "coreshowchannels",
    "pjsipshowcontacts",
    "queueadd",
    "queueremove",
    "queuepause",
    "mixmonitormute",
)
"""Every action that may be sent; one that is not here is refused, because it could be repeated after a reconnect."""

LINK_LOST: Message = {"event": "LinkLost"}
"""What the inbox hears when the link is gone (Asterisk itself has no such event)."""


class _Panoramisk(Manager):  # type: ignore[misc]
    """Panoramisk, which stops when it is told to."""

    stopped = False

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        return None if self.stopped else super().connect(*args, **kwargs)


class AmiLink:
    """One connection, kept alive; messages go to `inbox` in the order in which Asterisk sent them."""

    def __init__(self, host: str, port: int, username: str, secret: str, inbox: Callable[[Message], None]) -> None:
        """Not connected yet."""
        self._address = (host, port)
        self._login = (username, secret)
        self._inbox = inbox
        self._manager: _Panoramisk | None = None
        self._pending: set[asyncio.Future[Any]] = set()
        self._watchdog: asyncio.Task[None] | None = None
        self._up = False

    @property
    def up(self) -> bool:
        """Whether Asterisk has booted and answers."""
        return self._up

    async def start(self) -> None:
        """Connect, now or as soon as Asterisk is there; returns at once."""
        manager = self._manager = _Panoramisk(
            loop=asyncio.get_running_loop(),
            host=self._address[0],
            port=self._address[1],
            username=self._login[0],
            secret=self._login[1],
            encoding="latin-1",
            ping_delay=NEVER_S,
            ping_interval=NEVER_S,
            reconnect_timeout=RECONNECT_S,
            forgetable_actions=FORGETTABLE,
            on_disconnect=self._lost,
            log=log.getChild("panoramisk"),
        )
        manager.log.setLevel(logging.CRITICAL)  # it logs whole messages; we say what matters ourselves
        manager.register_event("*", self._heard)
        manager.connect()
        self._watchdog = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Disconnect for good."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            await asyncio.gather(self._watchdog, return_exceptions=True)
        if self._manager is not None:
            self._manager.stopped = True
            self._manager.close()
        self._fail_pending()
        self._up = False

    def send(self, action: Mapping[str, str]) -> asyncio.Future[Message]:
        """Write an action now; the future gives Asterisk's response.

        Raises:
            LinkLost: at once when there is no link, or through the future when it breaks before the response.
        """
        if action["Action"].lower() not in FORGETTABLE:
            raise ValueError(f"{action['Action']} is not among the actions that are safe to forget")
        if any("\r" in part or "\n" in part for item in action.items() for part in item):
            raise ValueError("an action's headers are single lines")
        protocol = getattr(self._manager, "protocol", None)
        if self._manager is None or protocol is None or protocol.closed or not self._up:
            raise LinkLost("Asterisk does not answer just now")
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        raw = self._manager.send_action(dict(action), as_list=False)
        self._pending.add(answer)

        def settle(done: asyncio.Future[Any]) -> None:
            self._pending.discard(answer)
            if not answer.done() and not done.cancelled():
                answer.set_result(_plain(done.result()))

        raw.add_done_callback(settle)
        return answer

    async def action(self, action: Mapping[str, str]) -> Message:
        """Send an action and wait for its response.

        Raises:
            LinkLost: no link, or no response in time.
        """
        try:
            return await asyncio.wait_for(self.send(action), ANSWER_TIMEOUT_S)
        except TimeoutError as error:
            raise LinkLost("Asterisk did not answer in time") from error

    def ask_for_snapshot(self) -> None:
        """Ask for contacts, then channels; the items come through the inbox."""
        for name in ("PJSIPShowContacts", "CoreShowChannels"):
            _forget(self.send({"Action": name}))

    def abort(self) -> None:
        """Break the connection as a network would; it is made again."""
        transport = getattr(getattr(self._manager, "protocol", None), "transport", None)
        if transport is not None:
            transport.abort()

    def _heard(self, _manager: Any, raw: Any) -> None:
        try:
            message = _plain(raw)
            if message.get("event") == "FullyBooted":
                self._up = True
                log.info("asterisk answers")
            self._inbox(message)
        except Exception:
            log.exception("a message could not be taken in")

    def _lost(self, _manager: Any, _error: Any) -> None:
        if self._up:
            log.warning("asterisk does not answer; trying again")
        self._up = False
        self._fail_pending()
        self._inbox(LINK_LOST)

    def _fail_pending(self) -> None:
        for answer in list(self._pending):
            if not answer.done():
                answer.set_exception(LinkLost("the link to Asterisk broke"))
                answer.exception()  # whoever awaits it still gets it; nobody awaiting is no mistake
        self._pending.clear()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_S)
            if not self._up:
                continue
            try:
                await asyncio.wait_for(self.send({"Action": "Ping"}), PING_TIMEOUT_S)
            except (TimeoutError, LinkLost):
                if self._up:
                    log.warning("asterisk is silent: reconnecting")
                    self.abort()


def _plain(raw: Any) -> Message:
    return {str(name).lower(): value for name, value in raw.items()}


def _forget(answer: asyncio.Future[Message]) -> None:
    answer.add_done_callback(lambda done: done.cancelled() or done.exception())
