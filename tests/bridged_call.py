"""A call as Asterisk hands it over, and the IVR that takes it: pipes for 0, 1 and 3, and a hand-written Asterisk."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from ivr_menus import real_menu
from sqlalchemy import Engine

from contact_centre.journal import Journal
from contact_centre.model import Language
from contact_centre.settings import PROJECT_ROOT, Settings
from ivr.acoustic.model_file import AcousticModel
from ivr.call_records import LineRecords
from ivr.house_state import HouseState
from ivr.listening import Ears
from ivr.listening_post import ListeningPost
from ivr.onset import Onset
from ivr.server import Server
from ivr.speech import Hearing
from ivr.turns import Part

BRIDGE = PROJECT_ROOT / "agi_scripts" / "eagi_bridge.py"
CALL_ID = "c0ffee00-0000"
FRAME = 320


class Bridged:
    """One call: the bridge's process, and Asterisk's ends of its pipes."""

    def __init__(self, path: Path, caller: str = "unknown") -> None:
        to_bridge, self._to = os.pipe()
        self._from, from_bridge = os.pipe()
        sound, self._sound = os.pipe()
        os.set_blocking(self._sound, False)
        self.process = subprocess.Popen(
            [sys.executable, "-c", "import os,sys; os.dup2(int(sys.argv[1]), 3); os.execv(sys.argv[2], sys.argv[2:])",
             str(sound), sys.executable, "-IS", str(BRIDGE), CALL_ID, "main", str(path)],
            stdin=to_bridge, stdout=from_bridge, pass_fds=(sound,),
        )  # fmt: skip
        for number in (to_bridge, from_bridge, sound):
            os.close(number)
        self.commands = os.fdopen(self._from, "rb")
        self.send(f"agi_callerid: {caller}\nagi_arg_1: {CALL_ID}\nagi_arg_2: main\n\n")

    def send(self, text: str) -> None:
        os.write(self._to, text.encode())

    def next(self) -> str:
        return self.commands.readline().decode().rstrip("\n")

    def until(self, command: str) -> str:
        """Answer everything before a command of this kind; that one is not answered."""
        while line := self.next():
            if line.startswith(command):
                return line
            self.send("200 result=1\n" if line.startswith("EXEC") else "200 result=0\n")
        pytest.fail(f"no {command}")

    def until_asked(self) -> str:
        """Answer everything before the first question; that one is not answered."""
        while not (line := self.next()).startswith(("STREAM FILE", "GET DATA")):
            self.send("200 result=1\n")
        return line

    def speak(self, sound: np.ndarray[tuple[int], np.dtype[np.int16]]) -> threading.Thread:
        """Send sound as Asterisk does, 20 ms at a time, whether it is read or not."""

        def send() -> None:
            raw = sound.astype("<i2").tobytes()
            for at in range(0, len(raw), FRAME):
                try:
                    os.write(self._sound, raw[at : at + FRAME])
                except OSError:
                    return
                time.sleep(0.02)

        sender = threading.Thread(target=send)
        sender.start()
        return sender

    def feed(self, raw: bytes) -> None:
        """Send sound as fast as it is read."""
        os.set_blocking(self._sound, True)
        while raw:
            raw = raw[os.write(self._sound, raw) :]

    def no_more_sound(self) -> None:
        """Asterisk's end of the sound closes, while the call goes on."""
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), self._sound)

    def close(self) -> None:
        for number in (self._to, self._sound):
            os.close(number)
        self.commands.close()
        self.process.kill()
        self.process.wait()


class Tape:
    """A voice that needs no sound."""

    def __init__(self) -> None:
        self.said: list[tuple[Part, ...]] = []

    def files(self, parts: tuple[Part, ...], waiting: object) -> tuple[str, ...]:
        self.said.append(parts)
        return ("nothing",)

    def one_moment(self, language: Language) -> tuple[str, ...]:
        return ()


class Line:
    """A server that hears, and where it is reached."""

    def __init__(
        self,
        engine: Engine,
        directory: Path,
        engine_of_speech: Hearing,
        most: int = 4,
        tape: Tape | None = None,
    ) -> None:
        self.path, self.engine = directory / "run" / "ivr.sock", engine
        self.records = LineRecords(engine, Journal(engine, directory / "spool.jsonl"))
        self.ears = Ears(engine_of_speech, Onset(AcousticModel()), most)
        house = HouseState(Settings(data_dir=directory), engine, lambda _: None)
        self.tape = tape or Tape()
        self.server = Server(real_menu(), self.tape, self.records, house, self.ears)
        self.server.start(0)
        self.server.start_for_bridges(self.path)

    def post(self, directory: Path) -> ListeningPost:
        """Who is watched through the socket that belongs to `directory`."""
        return ListeningPost(Settings(data_dir=directory), self.engine, self.server.listened_to)

    def close(self) -> None:
        self.server.stop(0)
        self.ears.close()
        self.records.close()

    def nobody_left(self) -> bool:
        deadline = time.monotonic() + 10
        while (self.server.calls() or self.ears.places.taken) and time.monotonic() < deadline:
            time.sleep(0.01)
        return not (self.server.calls() or self.ears.places.taken)
