"""Listens to callers while prompts play: their sound in, "stop the prompt" and what was heard out.

One thread reads the sound of every call, so that no pipe of Asterisk's is ever full, and follows voice activity and the
end of speech; recognising is done by a small pool beside it. What a call's own thread must know comes as a `Notice`
behind a bell (`ivr.ear`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from contact_centre.errors import BadInput
from ivr.ear import Ear
from ivr.heard import Heard
from ivr.listening_places import Places
from ivr.onset import Onset
from ivr.processors import processors
from ivr.speech import Hearing
from ivr.utterance import Question, Utterance

log = logging.getLogger("ivr.listening")

TICK_S = 0.04
"""How often sound is read (s): Asterisk sends 20 ms at a time."""


class Ears:
    """All callers who are listened to."""

    def __init__(self, hearing: Hearing, onset: Onset, most: int, workers: int = 0, keeps: bool = False) -> None:
        """Listen with this engine, and this judge of what words are, to at most so many at once.

        `workers`: so many utterances are worked on at once; 0: one for each processor, and two at least. An engine
        that waits for other machines needs as many as there may be callers, or those whose server is dead make
        everybody wait.
        `keeps`: the sound of words that were not understood can be had; never that of digits, which may be an ID.
        """
        self._keeps = keeps
        self.hearing, self._onset = hearing, onset
        self.places = Places(most)
        self._lock = threading.Lock()
        self._open: dict[Ear, None] = {}
        self._some = threading.Event()
        self._ended = False
        self._pool = ThreadPoolExecutor(workers or max(2, processors()), thread_name_prefix="recognise")
        self._thread = threading.Thread(target=self._listen, name="ears", daemon=True)
        self._thread.start()

    def open(self, sound: int, ring: Callable[[], None]) -> Ear:
        """Listen to a descriptor from now on; it belongs to the ear, which closes it."""
        ear = Ear(self, sound, ring)
        with self._lock:
            self._open[ear] = None
        self._some.set()
        return ear

    def close(self) -> None:
        """Hear nothing more."""
        self._ended = True
        self._some.set()
        self._thread.join(5)
        self._pool.shutdown(wait=False, cancel_futures=True)

    @property
    def open_ears(self) -> int:
        """How many calls' sound is read."""
        with self._lock:
            return len(self._open)

    # ---- for ears

    def forget(self, ear: Ear) -> None:
        """Close it, unless it was closed already."""
        self.places.leave(ear)
        with self._lock:
            if ear in self._open:
                del self._open[ear]
                ear.release()

    def utterance(
        self, question: Question, understood: Callable[[Utterance, Heard], None], certain: Callable[[Utterance], None]
    ) -> Utterance:
        """Begin an utterance that answers a question."""
        keep = self._keeps and not question.digits
        return Utterance(self.hearing, self._onset, question, self._submit, understood, certain, keep)

    def _submit(self, work: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # closed: the call is dropped too
            self._pool.submit(work)

    def _listen(self) -> None:
        while not self._ended:
            with self._lock:
                ears = list(self._open)
                if not ears:
                    self._some.clear()
            if not ears:
                self._some.wait()
                continue
            began = time.monotonic()
            for ear in ears:
                try:
                    alive = ear.listen()
                except (BadInput, ValueError):
                    log.exception("listening to a call failed: it goes on with keys")
                    alive = False
                if not alive:
                    self.forget(ear)
            took = time.monotonic() - began
            self.places.late(took)
            time.sleep(max(0.001, TICK_S - took))
