"""The link against a manager that breaks, falls silent, answers late: each trap of the client library once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contact_centre.errors import LinkLost
from queue_manager import ami_link
from queue_manager.ami_inbound import Message
from queue_manager.ami_link import AmiLink


class BadManager:
    """A manager interface that says what it is told to, and answers only what it is told to."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.silent_to: set[str] = set()
        self.news = asyncio.Condition()
        self.writer: asyncio.StreamWriter | None = None
        self.logins = 0
        self.last_id = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        writer.write(b"Asterisk Call Manager/9.0.0\r\n")
        lines: dict[str, str] = {}
        try:
            while raw := await reader.readline():
                name, _, value = raw.decode().strip().partition(": ")
                if name:
                    lines[name] = value
                elif lines:
                    await self.take(lines)
                    lines = {}
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def take(self, lines: dict[str, str]) -> None:
        action, self.last_id = lines["Action"], lines["ActionID"]
        if action not in self.silent_to:
            self.say(f"Response: Success\r\nActionID: {lines['ActionID']}\r\nMessage: ok")
        if action == "Login":
            self.logins += 1
            self.say("Event: FullyBooted\r\nStatus: Fully Booted")
        async with self.news:
            self.received.append(action)
            self.news.notify_all()

    def say(self, message: str, encoding: str = "utf-8") -> None:
        assert self.writer
        self.writer.write(f"{message}\r\n\r\n".encode(encoding))

    async def until(self, action: str, times: int = 1) -> None:
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: self.received.count(action) >= times)


class Inbox:
    """What the link heard."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[Message] = asyncio.Queue()
        self.fail_on = ""

    def put(self, message: Message) -> None:
        if self.fail_on and message.get("event") == self.fail_on:
            raise RuntimeError("the inbox broke")
        self.messages.put_nowait(message)

    async def next(self, event: str) -> Message:
        async with asyncio.timeout(10):
            while (message := await self.messages.get()).get("event") != event:
                pass
        return message


@asynccontextmanager
async def linked() -> AsyncIterator[tuple[BadManager, AmiLink, Inbox]]:
    manager, inbox = BadManager(), Inbox()
    server = await asyncio.start_server(manager.serve, "127.0.0.1", 0)
    link = AmiLink("127.0.0.1", server.sockets[0].getsockname()[1], "huduma", "secret", inbox.put)
    await link.start()
    try:
        await inbox.next("FullyBooted")
        yield manager, link, inbox
    finally:
        await link.stop()
        server.close()


async def test_messages_arrive_in_order_with_every_byte() -> None:
    async with linked() as (manager, _, inbox):
        for number in range(500):
            manager.say(f"Event: UserEvent\r\nNumber: {number}\r\nName: Wanjirũ")
        heard = [await inbox.next("UserEvent") for _ in range(500)]
        assert [message["number"] for message in heard] == [str(number) for number in range(500)]
        assert all(str(message["name"]).encode("latin-1").decode() == "Wanjirũ" for message in heard)


async def test_an_inbox_that_fails_does_not_close_the_link() -> None:
    async with linked() as (manager, link, inbox):
        inbox.fail_on = "Bad"
        manager.say("Event: Bad")
        manager.say("Event: Good")
        await inbox.next("Good")
        assert link.up
        assert manager.logins == 1


async def test_an_unanswered_redirect_is_never_sent_again() -> None:
    async with linked() as (manager, link, inbox):
        manager.silent_to = {"Redirect", "Setvar"}
        unanswered = [
            link.send({"Action": action, "Channel": "PJSIP/trunk-1"}) for action in ("Setvar", "Redirect", "Redirect")
        ]
        await manager.until("Redirect", 2)
        link.abort()
        await inbox.next("LinkLost")
        assert not link.up
        for answer in unanswered:
            with pytest.raises(LinkLost):
                await answer
        with pytest.raises(LinkLost):
            link.send({"Action": "Ping"})
        await inbox.next("FullyBooted")
        await link.action({"Action": "Ping"})
        assert manager.logins == 2
        assert manager.received.count("Redirect") == 2


async def test_a_silent_manager_is_noticed_and_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami_link, "PING_EVERY_S", 0.05)
    monkeypatch.setattr(ami_link, "PING_TIMEOUT_S", 0.05)
    async with linked() as (manager, _, inbox):
        await manager.until("Ping")
        manager.silent_to = {"Ping"}
        await inbox.next("LinkLost")
        manager.silent_to = set()
        await inbox.next("FullyBooted")
        assert manager.logins == 2


async def test_the_items_of_a_list_take_their_place_among_the_events() -> None:
    async with linked() as (manager, link, inbox):
        link.ask_for_snapshot()
        await manager.until("CoreShowChannels")
        for message in ("Event: CoreShowChannel", "Event: Hangup", "Event: CoreShowChannelsComplete"):
            manager.say(f"{message}\r\nActionID: {manager.last_id}")
        heard = [(await inbox.messages.get())["event"] for _ in range(3)]
        assert heard == ["CoreShowChannel", "Hangup", "CoreShowChannelsComplete"]


async def test_what_could_be_repeated_or_injected_is_refused() -> None:
    async with linked() as (_, link, _inbox):
        with pytest.raises(ValueError, match="safe to forget"):
            link.send({"Action": "Command", "Command": "core stop now"})
        with pytest.raises(ValueError, match="single lines"):
            link.send({"Action": "Setvar", "Value": "x\r\nAction: Originate"})


async def test_no_manager_there_is_not_a_failure_to_start() -> None:
    inbox = Inbox()
    link = AmiLink("127.0.0.1", 1, "huduma", "secret", inbox.put)
    await link.start()
    assert not link.up
    with pytest.raises(LinkLost):
        await link.action({"Action": "Ping"})
    await link.stop()
