"""The recogniser `vosk-server`: Vosk on other machines, as many as one likes, asked in turn over websockets.

The sound of an utterance is kept until it was understood, so that another server, or in the end our own model, can be
asked when one dies in the middle of it.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from contact_centre.model import Language
from ivr.heard import Heard
from ivr.sentences import Sentences
from ivr.speech import Hearing, Recogniser
from ivr.spoken_digits import ONES_BY_LANGUAGE
from ivr.voice_activity import RATE
from ivr.vosk_words import UNKNOWN, Word, grammar_of, judge_words, words_of

log = logging.getLogger("ivr.listening")

LONGEST = 15 * RATE
"""More sound than this in one utterance is passed over (samples)."""
CONNECT_S, ANSWER_S = 0.5, 0.5
"""So long a server may take to be reached, and to answer after the end of speech (s); then another is asked."""
REST_S = 10.0
"""A server that failed is left alone for so long (s)."""
FAILURES = (OSError, WebSocketException, ValueError)
"""What a server can do wrong: not answer, go away, answer something that is not JSON."""


class Servers:
    """The servers of one language, in turn. Safe to use from several threads."""

    def __init__(self, addresses: Sequence[str]) -> None:
        """Addresses like `ws://host:2700`; all are taken for well."""
        self._addresses, self._next = list(addresses), 0
        self._rests_until = dict.fromkeys(addresses, 0.0)
        self._lock = threading.Lock()

    def turn(self, now: float) -> list[str]:
        """Those that are well, whose turn it is first; `now` counts seconds."""
        with self._lock:
            place, self._next = self._next, (self._next + 1) % len(self._addresses)
            order = self._addresses[place:] + self._addresses[:place]
            return [address for address in order if self._rests_until[address] <= now]

    @property
    def addresses(self) -> tuple[str, ...]:
        """All of them, well or not."""
        return tuple(self._addresses)

    def failed(self, address: str, now: float) -> None:
        """Leave it alone for a while."""
        with self._lock:
            before, self._rests_until[address] = self._rests_until[address], now + REST_S
        if now - before > REST_S:  # it was well until now
            log.warning("a vosk-server failed and is left alone: %s", address)


class FarHearing:
    """All servers, by language; a language that has none, or none that is well, is heard by the other engine."""

    def __init__(self, servers: Mapping[Language, Servers], otherwise: Hearing) -> None:
        """Ask these servers."""
        self._servers, self._otherwise = servers, otherwise

    def recogniser(self) -> FarRecogniser:
        """Give a recogniser for one call."""
        return FarRecogniser(self._servers, self._otherwise.recogniser())

    def examine(self) -> list[tuple[Language, str, bool]]:
        """Ask every server for nothing, which takes it some milliseconds: (language, address, it answered).

        One that does not answer is left alone from now on, so that no caller's words find it out.
        """
        found: list[tuple[Language, str, bool]] = []
        for language, servers in self._servers.items():
            for address in servers.addresses:
                well = answers(address)
                if not well:
                    servers.failed(address, time.monotonic())
                found.append((language, address, well))
        return found


def answers(address: str) -> bool:
    """Whether a vosk-server is there and recognises: it is given silence."""
    try:
        link = _Link(address, UNKNOWN)
    except FAILURES:
        return False
    try:
        link.send(np.zeros(RATE // 10, np.int16))
        link.finish()
    except FAILURES:
        return False
    finally:
        link.close()
    return True


class FarRecogniser:
    """Listens to one caller."""

    def __init__(self, servers: Mapping[Language, Servers], otherwise: Recogniser) -> None:
        """Nothing is expected before `start`."""
        self._servers, self._otherwise = servers, otherwise
        self._phrases: tuple[str, ...] = ()
        self._language: Language = "en"
        self._digits = self._left = 0
        self._sentences: Sentences | None = None
        self._sound: list[NDArray[np.int16]] = []
        self._ahead: list[str] = []
        self._link: _Link | None = None

    def start(
        self, phrases: Sequence[str], language: Language, digits: int = 0, sentences: Sentences | None = None
    ) -> None:
        """Begin an utterance, in which one of these phrases is expected, so many digits, or a whole sentence."""
        self._phrases, self._language, self._digits = tuple(phrases), language, digits
        self._sentences = sentences
        self._sound, self._left = [], LONGEST
        self._drop()
        servers = self._servers.get(language)
        self._ahead = servers.turn(time.monotonic()) if servers is not None else []

    def accept(self, pcm: NDArray[np.int16]) -> None:
        """Take the next samples (8 kHz)."""
        some = pcm[: self._left]
        if not len(some):
            return
        self._left -= len(some)
        self._sound.append(some)
        if self._link is None:
            self._reach()
            return
        try:
            self._link.send(some)
        except FAILURES:
            self._fail()
            self._reach()

    def finish(self) -> Heard:
        """Say what was heard, by whichever server lives, or by the other engine."""
        try:
            while self._sound and (self._link is not None or self._reach()):
                assert self._link is not None
                try:
                    words = self._link.finish()
                    return judge_words(self._phrases, words, self._digits, self._sentences is not None)
                except FAILURES:
                    self._fail()
            self._otherwise.start(self._phrases, self._language, self._digits, self._sentences)
            for pcm in self._sound:
                self._otherwise.accept(pcm)
            return self._otherwise.finish()
        finally:
            self._sound = []
            self._drop()

    def _reach(self) -> bool:
        """Open the next server that can be reached, and tell it all that was said so far."""
        while self._ahead:
            try:
                self._link = _Link(self._ahead[0], self._grammar())
                weakref.finalize(self, self._link.close)  # a caller who hangs up never finishes
                self._link.send(np.concatenate(self._sound))
                return True
            except FAILURES:
                self._fail()
        return False

    def _grammar(self) -> list[str]:
        names = ONES_BY_LANGUAGE[self._language] if self._digits else ()
        return [*grammar_of(self._phrases, names, self._sentences), *UNKNOWN]

    def _fail(self) -> None:
        self._drop()
        self._servers[self._language].failed(self._ahead.pop(0), time.monotonic())

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
        self._link = None


class _Link:
    """One utterance at one server. Every method raises one of `FAILURES` when the server fails."""

    def __init__(self, address: str, grammar: Sequence[str]) -> None:
        opened = connect(
            address,
            open_timeout=CONNECT_S,
            close_timeout=CONNECT_S,
            ping_interval=None,
            compression=None,
            proxy=None,
            max_queue=None,
        )
        self._connection: ClientConnection = opened.__enter__()  # left by `close`, which waits for nobody
        self._unanswered = 0
        config = {"sample_rate": RATE, "phrase_list": list(grammar), "words": True}
        self._connection.send(json.dumps({"config": config}, ensure_ascii=False))

    def send(self, pcm: NDArray[np.int16]) -> None:
        self._connection.send(pcm.tobytes())
        self._unanswered += 1

    def finish(self) -> list[Word]:
        """End the utterance, and read the answer to each piece of sound and to its end."""
        self._connection.send('{"eof" : 1}')
        until, words = time.monotonic() + ANSWER_S, list[Word]()
        for _ in range(self._unanswered + 1):
            answer = self._connection.recv(timeout=max(0.0, until - time.monotonic()))
            words += words_of(json.loads(answer))
        return words

    def close(self) -> None:
        """Leave at once: whoever drops it may not wait."""
        with suppress(OSError):
            self._connection.socket.shutdown(socket.SHUT_RDWR)
