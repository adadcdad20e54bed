"""Serves calls by FastAGI and from bridges: one thread for each, and a watchdog that lets no call hang on us."""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from asterisk_conf.credentials import WEB_LANGUAGE
from contact_centre.channel_vars import IvrResult, Var
from contact_centre.facts import Kind
from contact_centre.model import LANGUAGES, Language
from ivr.agi_caller import CallerGone
from ivr.call_records import CallRecords, LineRecords
from ivr.captions import CaptionedVoice, Captions
from ivr.conversation import Conversation, Voice, tell_dialplan
from ivr.eagi_caller import HearingCaller
from ivr.eagi_connection import EagiConnection, NotABridge, listen_for_bridges
from ivr.ear import Ear
from ivr.house_state import HouseState
from ivr.kept_words import KeptWords
from ivr.listening import Ears
from ivr.menu import Dialogue
from ivr.nodes import Menu
from ivr.watched_caller import Connection, FastAgiConnection, Turn, WatchedCaller

log = logging.getLogger("ivr.server")

THREAD_STACK_BYTES = 512 * 1024
"""A conversation is shallow; a thousand of them should fit."""
CALL_LIMIT_S = 1200.0
"""No call stays longer, whatever happens (s); the dialogue itself ends much sooner."""
THINKING_LIMIT_S = 20.0
"""A thread that has not spoken to Asterisk for so long while it is our turn is stuck (s)."""
CALL_ID = re.compile(r"[0-9A-Za-z-]{8,64}\Z")
ENTRY = re.compile(r"main\Z|[0-9]{2}\Z")


@dataclass(eq=False)
class _Line:
    """One call."""

    connection: Connection
    since: float
    turn: Turn = field(default_factory=Turn)
    call_id: str = ""
    ear: Ear | None = None


class Server:
    """Accepts AGI connections and holds one conversation on each."""

    def __init__(
        self,
        menu: Menu,
        voice: Voice,
        records: LineRecords,
        house: HouseState,
        ears: Ears | None = None,
        kept_words: KeptWords | None = None,
        captions: Captions | None = None,
    ) -> None:
        """Nothing listens before `start`; without ears nobody who comes by a bridge is understood but by keys.

        `kept_words`: who keeps words that were not understood, if anybody does. `captions`: where words are read that
        are said to who calls from the page.
        """
        self._kept_words, self._captions = kept_words, captions
        self._menu, self._voice, self._records, self._house, self._ears = menu, voice, records, house, ears
        self._lines: set[_Line] = set()
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._listeners: list[socket.socket] = []

    def start(self, port: int) -> int:
        """Listen on loopback (0: any free port) and give the port.

        Raises:
            OSError: when the port is taken.
        """
        threading.stack_size(THREAD_STACK_BYTES)
        listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self._accept_from(listener, FastAgiConnection)
        threading.Thread(target=self._watch, name="agi-watch", daemon=True).start()
        return int(listener.getsockname()[1])

    def start_for_bridges(self, path: Path) -> None:
        """Take calls from the bridges that connect to a Unix socket, too.

        Raises:
            OSError: it cannot be made there.
        """
        self._accept_from(listen_for_bridges(path), lambda bridge: EagiConnection(bridge, self._ears))

    def stop(self, grace_s: float) -> None:
        """Take no more calls, let those in progress finish for a while, then drop them: the dialplan catches each."""
        self._ending.set()
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        until = time.monotonic() + grace_s
        while self.calls() and time.monotonic() < until:
            time.sleep(0.05)
        with self._lock:
            left = list(self._lines)
        for line in left:
            line.connection.drop()

    def calls(self) -> int:
        """How many calls are with the machine."""
        with self._lock:
            return len(self._lines)

    def listened_to(self) -> dict[str, Ear]:
        """Calls that are with the machine and can be understood, the newest last."""
        with self._lock:
            lines = sorted(self._lines, key=lambda line: line.since)
        return {line.call_id: line.ear for line in lines if line.call_id and line.ear is not None}

    def _accept_from(self, listener: socket.socket, opened: Callable[[socket.socket], Connection]) -> None:
        self._listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener, opened), name="agi-accept", daemon=True).start()

    def _accept(self, listener: socket.socket, opened: Callable[[socket.socket], Connection]) -> None:
        while not self._ending.is_set():
            try:
                accepted, _ = listener.accept()
                connection = opened(accepted)
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
            caller = line.connection.caller(line.turn)
            call_id = self._talk(caller, line)
        except CallerGone:
            log.debug("a call left")
        except NotABridge as stranger:
            log.warning("somebody came by the bridges' way with no call: %s", stranger)
        except Exception:  # whatever it was, the dialplan apologises and goes on to a person
            log.exception("the conversation of call %s failed", call_id)
        finally:
            if caller is not None:
                caller.close()
            self._let_go(line)
            line.connection.close()

    def _talk(self, caller: WatchedCaller, line: _Line) -> str:
        call_id = caller.argument(1) or caller.variable(Var.CALL_ID)
        entry = caller.argument(2) or caller.variable(Var.ENTRY)
        if not CALL_ID.match(call_id):
            raise ValueError("the dialplan gave no call id")
        entry = entry if ENTRY.match(entry) else "main"
        known = self._records.known(caller.env.get("agi_callerid", ""))
        records = CallRecords(self._records, call_id, known.number_id)
        entered = {"entry": entry, "linkedid": caller.env.get("agi_uniqueid", "")[:64]}
        numbered = {"number_id": known.number_id} if known.number_id is not None else {}
        channel = caller.env.get("agi_channel", "")
        web = channel.startswith("PJSIP/web-")
        records.note(Kind.CALL_ENTERED, {**entered, **numbered, "web": web})
        try:
            language = (_chosen(caller, channel) if web else None) or known.language
            shown = CaptionedVoice(self._voice, self._captions, call_id) if web and self._captions else None
            if known.number_id is not None:
                caller.set_soon(Var.NUMBER_ID, str(known.number_id))
            listener = caller if isinstance(caller, HearingCaller) else None
            situation = self._house.situation(entry, language)
            place = self._records.lost_place(known.number_id, call_id, self._house.regain_place_s)
            listening = listener is not None and listener.stays_listened_to()
            line.call_id, line.ear = call_id, listener.ear if listener is not None else None
            dialogue = Dialogue(self._menu, replace(situation, listening=listening, place=place))
            conversation = Conversation(dialogue, caller, shown or self._voice, records, listener)
            leave = conversation.run()
            if self._kept_words is not None:
                self._kept_words.offer(call_id, conversation.misheard)
            log.info("call %s leaves the menu: %s", call_id, leave.result)
            last_agent = ""
            if leave.result is IvrResult.CALLBACK:
                records.flush()
            if leave.result is IvrResult.AGENT:
                records.flush()
                if shown is not None:
                    shown.notice(leave.language)
                last_agent = self._records.last_agent(known.number_id)
            if not conversation.gone:
                tell_dialplan(caller, leave, last_agent)
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
        line.connection.drop()

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


def _chosen(caller: WatchedCaller, channel: str) -> Language | None:
    """The language that the citizen's page shows: the console kept it for the seat that the call comes from."""
    seat = channel.removeprefix("PJSIP/").rpartition("-")[0]
    said = caller.stored(WEB_LANGUAGE, seat)
    return next((language for language in LANGUAGES if language == said), None)
