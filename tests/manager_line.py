"""A small AMI client for tests: sends an action, keeps every event, waits for one."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """One AMI message: headers (the last of each name) and the channel's variables."""

    headers: Mapping[str, str]
    variables: Mapping[str, str]

    def get(self, name: str) -> str:
        """A header, or empty."""
        return self.headers.get(name, "")

    def is_user_event(self, name: str, **wanted: str) -> bool:
        """Whether this is that UserEvent with those headers."""
        return self.get("UserEvent") == name and all(self.get(key) == value for key, value in wanted.items())


@dataclass(eq=False)
class ManagerLine:
    """An open link. `events` holds everything that came since it opened."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    events: list[Message] = field(default_factory=list)
    _answers: dict[str, asyncio.Future[Message]] = field(default_factory=dict)
    _ids: itertools.count[int] = field(default_factory=itertools.count)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    @classmethod
    @asynccontextmanager
    async def to(cls, port: int, user: str, secret: str) -> AsyncIterator[ManagerLine]:
        """Connect to loopback, sign in, wait until Asterisk is booted."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
        line = cls(reader, writer)
        reading = asyncio.create_task(line._read())
        try:
            answer = await line.send(Action="Login", Username=user, Secret=secret)
            assert answer.get("Response") == "Success", answer.get("Message")
            await line.wait_for(lambda message: message.get("Event") == "FullyBooted")
            yield line
        finally:
            reading.cancel()
            writer.close()

    async def send(self, variables: Mapping[str, str] | None = None, **action: str) -> Message:
        """Send an action; give its response (not the events that may follow)."""
        number = f"test-{next(self._ids)}"
        lines = [f"{key}: {value}" for key, value in action.items()] + [f"ActionID: {number}"]
        lines += [f"Variable: {key}={value}" for key, value in (variables or {}).items()]
        self._answers[number] = asyncio.get_running_loop().create_future()
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await asyncio.wait_for(self._answers[number], 10)

    async def wait_for(self, wanted: Callable[[Message], bool], timeout_s: float = 15, since: int = 0) -> Message:
        """The first event that is wanted, among those already here (from index `since`) and those to come."""
        async with asyncio.timeout(timeout_s):
            while True:
                async with self._news:
                    seen = len(self.events)
                    for message in self.events[since:seen]:
                        if wanted(message):
                            return message
                    since = seen
                    await self._news.wait()

    async def user_event(self, name: str, timeout_s: float = 15, since: int = 0, **wanted: str) -> Message:
        """The first UserEvent of that name with those headers."""
        return await self.wait_for(lambda message: message.is_user_event(name, **wanted), timeout_s, since)

    async def _read(self) -> None:
        headers: dict[str, str] = {}
        variables: dict[str, str] = {}
        while raw := await self.reader.readline():
            key, _, value = raw.decode().rstrip("\r\n").partition(": ")
            if key == "ChanVariable":
                name, _, held = value.partition("=")
                variables[name] = held
            elif key:
                headers[key.rstrip(":")] = value
            else:
                await self._take(Message(headers, variables))
                headers, variables = {}, {}

    async def _take(self, message: Message) -> None:
        if "Response" in message.headers:
            answer = self._answers.pop(message.get("ActionID"), None)
            if answer and not answer.done():
                answer.set_result(message)
            return
        async with self._news:
            self.events.append(message)
            self._news.notify_all()
