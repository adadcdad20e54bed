"""`huduma speech listen [CALL]`: a terminal view of how one live call is understood, for tuning.

The level of the caller's sound, when speech begins, when words are certain (the prompt stops), what was said so far
with its confidence, and what the menu is given in the end. Nothing of it is kept.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from contact_centre.errors import LinkLost, Refused
from contact_centre.settings import load_settings
from ivr.listening_post import post_path

QUIETEST_DB, BAR = -60, 40
"""The left end of the level's bar (dB), and its length (characters)."""
REMEMBERED = 8


def main(argv: list[str]) -> int:
    """Watch until the call leaves the menu, or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="huduma speech listen", description=__doc__.partition("\n")[0])
    parser.add_argument("call", nargs="?", help="the call's id; left out: the newest that may be watched")
    given = parser.parse_args(argv)
    told = messages(post_path(load_settings()), given.call)
    view = View(given.call or "")
    if not sys.stdout.isatty():
        for message in told:
            if line := view.take(message):
                print(line, flush=True)
        return 0
    with Live(view.drawn(), console=Console(highlight=False), refresh_per_second=10) as live:
        for message in told:
            view.take(message)
            live.update(view.drawn())
    return 0


def messages(path: Path, call_id: str | None) -> Iterator[dict[str, Any]]:
    """What the IVR tells of a call, until it is over.

    Raises:
        Refused: the caller did not agree, or there is no such call; the sentence says which.
        LinkLost: no IVR that listens runs here.
    """
    with socket.socket(socket.AF_UNIX) as line:
        try:
            line.connect(str(path))
        except OSError as error:
            raise LinkLost("the IVR does not run here, or listens to nobody: `huduma up` starts it") from error
        line.sendall(json.dumps({"call": call_id}).encode() + b"\n")
        with line.makefile("r", encoding="utf-8") as lines:
            for text in lines:
                message: dict[str, Any] = json.loads(text)
                if message.get("type") == "refused":
                    raise Refused("not_allowed", message["why"])
                if message:
                    yield message
                if message.get("type") == "over":
                    return


class View:
    """What is known of the call so far, as one screen or as lines."""

    def __init__(self, call_id: str) -> None:
        """Nothing was told yet."""
        self._call_id, self._asked = call_id, "nothing is asked yet"
        self._level, self._state, self._partial = float(QUIETEST_DB), "", ""
        self._heard: deque[str] = deque(maxlen=REMEMBERED)

    def take(self, message: Mapping[str, Any]) -> str:
        """Take in one message; give it as a line for a terminal that shows lines. The level alone gives none."""
        match message["type"]:
            case "call":
                self._call_id = message["call"]
                return f"call {self._call_id}"
            case "level":
                self._level = message["db"]
                return ""
            case "asked":
                what = f"{message['digits']} digits" if message["digits"] else ", ".join(message["phrases"])
                self._asked, self._state, self._partial = f"[{message['language']}] {what}", "listening", ""
                return f"asked {self._asked}"
            case "partial":
                self._partial = _belief(message)
                return f"  so far: {self._partial}"
            case "heard":
                what = _belief(message) if message["taken"] else "no words: as if nothing had been"
                self._state, self._partial = "", ""
                self._heard.append(f"{what}, after {message['late_ms']} ms")
                return f"heard {self._heard[-1]}"
            case other:
                self._state = STATES.get(other, other)
                return self._state

    def drawn(self) -> Group:
        """The screen."""
        length = round(max(0.0, min(1.0, 1 - self._level / QUIETEST_DB)) * BAR)
        table = Table.grid(padding=(0, 2))
        rows = {
            "call": Text(self._call_id),
            "asked": Text(self._asked, overflow="ellipsis", no_wrap=True),
            "level": Text(f"{'█' * length}{'·' * (BAR - length)} {self._level:6.1f} dB"),
            "state": Text(self._state, style="bold"),
            "so far": Text(self._partial),
        }
        for name, value in rows.items():
            table.add_row(Text(name, style="dim"), value)
        return Group(table, *(Text(f"  {line}") for line in self._heard), Text("Ctrl-C ends", style="dim"))


STATES = {
    "began": "speech began",
    "certain": "words are certain: the prompt stops",
    "ended": "speech ended",
    "silence": "nothing was said in time",
    "over": "the call left the menu",
}


def _belief(message: Mapping[str, Any]) -> str:
    others = ", ".join(f"{phrase} {share:.0%}" for phrase, share in message["others"] if phrase != message["phrase"])
    phrase = f"“{message['phrase']}”" if message["phrase"] else "nothing of the menu"
    return f"{message['level']} {phrase} {message['confidence']:.0%}" + (f" (or {others})" if others else "")
