"""The FastAGI server: one thread for each call, and a watchdog that lets no call hang on us."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
import time
from dataclasses import dataclass, field

from contact_centre.channel_vars import IvrResult, Var
from contact_centre.facts import Kind
from ivr.agi_caller import AgiCaller, CallerGone
from ivr.call_records import CallRecords, LineRecords
from ivr.conversation import Conversation, Voice, tell_dialplan
from ivr.house_state import HouseState
from ivr.menu import Dialogue
from ivr.nodes import Menu

log = logging.getLogger("ivr.server")

THREAD_STACK_BYTES = 512 * 1024
"""A conversation is shallow; a thousand of them should fit."""
SILENCE_LIMIT_S = 240.0
"""Asterisk owes us an answer within this: the longest thing said, and the wait after it (s)."""
CALL_LIMIT_S = 1200.0
"""No call stays longer, whatever happens (s); the dialogue itself ends much sooner."""
THINKING_LIMIT_S = 20.0
"""A thread that has not spoken to Asterisk for so long while it is our turn is stuck (s)."""
CALL_ID = re.compile(r"[0-9A-Za-z-]{8,64}\Z")
ENTRY = re.compile(r"main\Z|[0-9]{2}\Z")


@dataclass(eq=False)
class _Line:
    """One connection."""

    socket: socket.socket
    since: float
    turn: _Turn = field(default_factory=lambda: _Turn())


class _Turn:
    """Whose turn it is: `ours_since` is None while Asterisk plays and listens."""

    ours_since: float | None = None


class WatchedCaller(AgiCaller):
    """An AgiCaller that shows whose turn it is."""

    def __init__(self, connection: socket.socket, turn: _Turn) -> None:
        """Speak AGI on a connected socket."""
        self._turn = turn
        turn.ours_since = None
        super().__init__(connection.makefile("rb"), connection.makefile("wb"))
        turn.ours_since = time.monotonic()

    def _line(self) -> str:
        self._turn.ours_since = None
        try:
            return super()._line()
        finally:
            self._turn.ours_since = time.monotonic()

    def close(self) -> None:
        """Let go of the connection's files."""
        for file in (self.stdin, self.stdout):
            with contextlib.suppress(OSError, ValueError):
                file.close()


class Server:
    """Accepts AGI connections and holds one conversation on each."""

    def __init__(self, menu: Menu, voice: Voice, records: LineRecords, house: HouseState) -> None:
        """Nothing listens before `start`."""
        self._menu, self._voice, self._records, self._house = menu, voice, records, house
        self._lines: set[_Line] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._listener: socket.socket | None = None

    def start(self, port: int) -> int:
        """Listen on loopback (0: any free port) and give the port.

        Raises:
            OSError: when the port is taken.
        """
        threading.stack_size(THREAD_STACK_BYTES)
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        for work in (self._accept, self._watch):
            threading.Thread(target=work, name=f"agi-{work.__name__.strip('_')}", daemon=True).start()
        return int(self._listener.getsockname()[1])

    def stop(self, grace_s: float) -> None:
        """Take no more calls, let those in progress finish for a while, then drop them: the dialplan catches each."""
        self._ending.set()
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        until = time.monotonic() + grace_s
        while self.calls() and time.monotonic() < until:
            time.sleep(0.05)
        with self._lock:
            left = list(self._lines)
        for line in left:
            _drop(line.socket)

    def calls(self) -> int:
        """How many calls are with the machine."""
        with self._lock:
            return len(self._lines)

    def _accept(self) -> None:
        assert self._listener is not None
        while not self._ending.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                if self._ending.is_set():
                    return
                time.sleep(0.1)  # out of file descriptors: those in use will be given back
                continue
            line = _Line(connection, time.monotonic())
            with self._lock:
                self._lines.add(line)
            try:
                threading.Thread(target=self._serve, args=(line,), name="agi-call", daemon=True).start()
            except RuntimeError:
                log.error("no thread for another call")
                self._let_go(line)

    def _serve(self, line: _Line) -> None:
        call_id = "?"
        caller: WatchedCaller | None = None
        try:
            line.socket.settimeout(SILENCE_LIMIT_S)
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            caller = WatchedCaller(line.socket, line.turn)
            call_id = self._talk(caller)
        except CallerGone:
            log.debug("a call left")
        except Exception:  # whatever it was, the dialplan apologises and goes on to a person
            log.exception("the conversation of call %s failed", call_id)
        finally:
            if caller is not None:
                caller.close()
            self._let_go(line)

    def _talk(self, caller: WatchedCaller) -> str:
        call_id = caller.argument(1) or caller.variable(Var.CALL_ID)
        entry = caller.argument(2) or caller.variable(Var.ENTRY)
        if not CALL_ID.match(call_id):
            raise ValueError("the dialplan gave no call id")
        entry = entry if ENTRY.match(entry) else "main"
        known = self._records.known(caller.env.get("agi_callerid", ""))
        records = CallRecords(self._records, call_id, known.number_id)
        entered = {"entry": entry, "linkedid": caller.env.get("agi_uniqueid", "")[:64]}
        numbered = {"number_id": known.number_id} if known.number_id is not None else {}
        web = caller.env.get("agi_channel", "").startswith("PJSIP/web-")
        records.note(Kind.CALL_ENTERED, {**entered, **numbered, "web": web})
        try:
            if known.number_id is not None:
                caller.set_soon(Var.NUMBER_ID, str(known.number_id))
            dialogue = Dialogue(self._menu, self._house.situation(entry, known.language))
            conversation = Conversation(dialogue, caller, self._voice, records)
            leave = conversation.run()
            log.info("call %s leaves the menu: %s", call_id, leave.result)
            if leave.result is IvrResult.AGENT:
                records.flush()
            if not conversation.gone:
                tell_dialplan(caller, leave)
        except CallerGone:
            pass
        except Exception:
            records.note(Kind.IVR_FAILED, {})
            records.flush()
            raise
        return call_id

    def _let_go(self, line: _Line) -> None:
        with self._lock:
            self._lines.discard(line)
        _drop(line.socket)

    def _watch(self) -> None:
        while not self._ending.wait(1.0):
            now = time.monotonic()
            with self._lock:
                lines = list(self._lines)
            for line in lines:
                ours = line.turn.ours_since
                if (ours is not None and now - ours > THINKING_LIMIT_S) or now - line.since > CALL_LIMIT_S:
                    log.error("a stuck call is dropped; the dialplan takes it to a person")
                    self._let_go(line)


def _drop(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
