"""`huduma call 1919 --keys 2,1,3`, or `--say "Kiswahili, pasipoti"`: a real SIP call from the telephone company, shown
as it is heard, pressed and said."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import time
from contextlib import AsyncExitStack
from pathlib import Path

from rich.console import Console

from contact_centre.errors import BadInput, HudumaError, SetupFailed
from contact_centre.model import LANGUAGES
from contact_centre.settings import Settings, load_settings
from demonstration import sound_files
from demonstration.carrier import KEYS, Carrier, Line
from demonstration.listening import Heard, Listener
from demonstration.saying import said
from demonstration.texts import words

LOOK_EVERY_S = 0.5
"""How often the recording is read: Asterisk writes it in pieces of about two seconds."""

CUT_SHORT_S = 0.3
"""A prompt that lacks less than this was played to its end."""


def main(argv: list[str]) -> int:
    """Place one call against the running house and follow it."""
    parser = argparse.ArgumentParser(prog="huduma call", description=main.__doc__)
    parser.add_argument("number", help="what to dial: a prefix, with two digits of an agency or without")
    parser.add_argument("--keys", default="", help="keys to press one after another, for example 2,1,3 or 6,12345678#")
    parser.add_argument("--say", default="", help="words to say after the keys, one by one: Kiswahili, pasipoti")
    parser.add_argument("--in", dest="language", choices=LANGUAGES, default="sw", help="whose words they are (sw)")
    parser.add_argument("--pause", type=float, default=4.0, metavar="S", help="listen so long before each (4)")
    parser.add_argument("--caller", default="0712345678", help="the number to call from")
    parser.add_argument("--withheld", action="store_true", help="call without showing a number")
    parser.add_argument("--wait", type=float, default=20.0, metavar="S", help="stay so long after the last (20)")
    parser.add_argument("--save", type=Path, metavar="FILE.wav", help="keep what was heard")
    options = parser.parse_args(argv)
    keys = [part.strip() for part in options.keys.split(",") if part.strip()]
    if wrong := [part for part in keys if not KEYS.fullmatch(part)]:
        raise BadInput(f"--keys: '{wrong[0]}' is not on a telephone's keypad")
    settings = load_settings()
    if settings.mode != "demonstration":
        raise SetupFailed("there is a telephone company to call from in the demonstration only")
    asyncio.run(_call(settings, options, keys))
    return 0


async def _call(settings: Settings, options: argparse.Namespace, keys: list[str]) -> None:
    screen = Console(highlight=False)
    prompts = await asyncio.to_thread(sound_files.prompts, settings.data_dir / "prompts")
    listener = Listener(prompts)
    try:
        texts = await asyncio.to_thread(words, settings)
    except HudumaError:
        texts = {}  # the names of the files will do
    sayings = [one.strip() for one in options.say.split(",") if one.strip()]
    async with AsyncExitStack() as stack:
        files = await asyncio.to_thread(stack.enter_context, said(settings, options.language, sayings))
        carrier = await stack.enter_async_context(Carrier(settings))
        screen.print(f"[dim]  0:00.0[/]  ☎  dialling {options.number}")
        line = await carrier.place(options.number, None if options.withheld else options.caller)
        await line.answered()
        call = Shown(line, listener, texts, screen)
        call.say("☎  answered")
        following = asyncio.create_task(call.follow())
        try:
            await call.press(keys, options.pause)
            await call.speak(files, options.pause)
            await asyncio.wait({following}, timeout=options.wait)
        finally:
            ended_by = "us" if line.is_up else "the other side"
            await line.hang_up()
            await following
        call.say(f"☎  ended by {ended_by}")
    if options.save:
        shutil.copyfile(line.heard, options.save)
    line.heard.unlink(missing_ok=True)


class Shown:
    """One call on the screen, timed from the answer."""

    def __init__(self, line: Line, listener: Listener, texts: dict[str, str], screen: Console) -> None:
        """The call has just been answered."""
        self._line = line
        self._listener = listener
        self._texts = texts
        self._screen = screen
        self._began = time.monotonic()
        self._shown_at_s: float | None = None

    def say(self, what: str, at_s: float | None = None) -> None:
        """One line with its time (s since the answer; None: now)."""
        at_s = time.monotonic() - self._began if at_s is None else at_s
        self._screen.print(f"[dim]{int(at_s) // 60:>3}:{at_s % 60:04.1f}[/]  {what}")

    async def press(self, keys: list[str], pause_s: float) -> None:
        """Press each after a pause, until they are done or the call is over."""
        for key in keys:
            try:
                await self._line.ended(pause_s)
                return
            except TimeoutError:
                await self._line.press(key)
                self.say(f"[cyan]⌨  {key}[/]")

    async def speak(self, sayings: list[tuple[str, Path]], pause_s: float) -> None:
        """Say each after a pause, until they are said or the call is over."""
        for saying, sound in sayings:
            try:
                await self._line.ended(pause_s)
                return
            except TimeoutError:
                self.say(f"[magenta]☺  “{saying}”[/]")
                await self._line.say(sound)

    async def follow(self) -> None:
        """Say what is heard until the call has ended and its recording was read to the end."""
        recording = sound_files.Growing(self._line.heard)
        over = False
        while not over:
            try:
                await self._line.ended(LOOK_EVERY_S)
                over = True
            except TimeoutError:
                pass
            for heard in await asyncio.to_thread(self._listener.hear, recording.more(), end=over):
                self._show(heard)
                if heard.lasted_s < self._listener.length_s(heard.name) - CUT_SHORT_S:
                    self.say(f"■  [dim]{heard.name} ends after {heard.lasted_s:.1f} s[/]", heard.at_s + heard.lasted_s)
            if self._listener.playing:
                self._show(self._listener.playing)

    def _show(self, heard: Heard) -> None:
        if self._shown_at_s is not None and abs(heard.at_s - self._shown_at_s) < CUT_SHORT_S:
            return  # said already when it began
        self._shown_at_s = heard.at_s
        text = self._texts.get(heard.name)
        said = f"“{text}”" if text else heard.name
        self.say(f"▶  [green]{said}[/] [dim]({heard.name})[/]", heard.at_s)
