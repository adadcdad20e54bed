"""`python -m ivr`: answers calls until SIGTERM."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from citizen_services.catalogue import Text
from citizen_services.catalogue_file import load_catalogue
from contact_centre.database import connect
from contact_centre.errors import BadInput, HudumaError, SetupFailed
from contact_centre.journal import Journal
from contact_centre.model import LANGUAGES, Language
from contact_centre.settings import Settings, load_settings
from contact_centre.watchdog import Watchdog
from ivr.call_records import LineRecords
from ivr.captions import Captions, CaptionsDoor, captions_path
from ivr.house_state import HouseState
from ivr.kept_words import KeptWords
from ivr.listening import Ears
from ivr.listening_post import ListeningPost
from ivr.listening_report import ListeningReport
from ivr.menu_file import load_menu
from ivr.onset import Onset
from ivr.prompts import FIRST_PROMPTS, Prompts, fixed_parts, parts_ahead
from ivr.sentences import sentences_of
from ivr.server import Server
from ivr.speech import Examined, Hearing, hearing
from ivr.turns import Spoken

log = logging.getLogger("ivr")

GRACE_S = 4.0
"""Calls that leave the menu within this after SIGTERM are not disturbed (s)."""


def main() -> int:
    """Check the menu, listen, serve; 1 with one line on stderr when something is wrong."""
    try:
        settings = load_settings()
        logging.basicConfig(
            level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
        )
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        watchdog = Watchdog(settings.frozen_s)
        watchdog.start()
        try:
            serve(settings, stopped)
        finally:
            watchdog.stop()
    except HudumaError as error:
        print(f"ivr: {error}", file=sys.stderr)
        return 1
    return 0


def serve(settings: Settings, stopped: threading.Event) -> None:
    """Serve until `stopped`.

    Raises:
        FileMistake: the menu or the catalogue has a mistake.
        SetupFailed: the port is taken, or a voice is missing.
    """
    catalogue = load_catalogue()
    menu = load_menu(settings.menu, catalogue, settings.opens, settings.closes)
    prompts = Prompts(settings, menu.prompts)
    engine = connect(settings.url)
    records = LineRecords(engine, Journal(engine, settings.data_dir / "spool" / "ivr.jsonl"))

    def announced(texts: Text) -> None:
        for language, text in texts.items():
            prompts.prepare(Spoken(text, language), urgent=True)

    house = HouseState(settings, engine, announced)
    ears, examined = listeners(settings)
    process = f"{socket.gethostname()}:{settings.fastagi_port}"
    report = ListeningReport(engine, process, ears, engines(settings), examined)
    sentences_of(menu)  # made ready before the first caller speaks
    kept_words = KeptWords(engine, settings.utterances_dir) if keeps_words(settings) else None
    captions = Captions(menu.prompts, recording=settings.recording)
    server = Server(menu, prompts, records, house, ears, kept_words, captions)
    post: ListeningPost | None = None
    door: CaptionsDoor | None = None
    try:
        house.start()
        report.start()
        ready = [prompts.prepare(part) for part in fixed_parts(menu.prompts)]
        for part in parts_ahead(menu, catalogue, house.today()):
            prompts.prepare(part)
        for one in ready[: len(FIRST_PROMPTS) * len(LANGUAGES)]:
            one.result()
        try:
            port = server.start(settings.fastagi_port)
        except OSError as error:
            raise SetupFailed(f"port {settings.fastagi_port} (fastagi_port): {error.strerror}") from error
        try:
            server.start_for_bridges(settings.eagi_socket)
            door = CaptionsDoor(captions_path(settings), captions)
        except OSError as error:
            raise SetupFailed(f"{settings.eagi_socket}: {error.strerror}") from error
        if ears is not None:
            post = ListeningPost(settings, engine, server.listened_to)
        gc.collect()
        gc.freeze()  # menus, catalogue and modules stay as long as the process: not looked through for each few calls
        log.info("answering calls on port %s with %s menus", port, len(menu.nodes))
        stopped.wait()
        server.stop(GRACE_S)
    finally:
        if ears is not None:
            ears.close()
        for closing in (post, door):
            if closing is not None:
                closing.close()
        if kept_words is not None:
            kept_words.close()
        report.close()
        house.close()
        records.close()
        prompts.close()
        engine.dispose()


def listeners(settings: Settings) -> tuple[Ears | None, Examined | None]:
    """Who understands words, as `speech` says; None, and one line in the log, when there is nobody.

    With them, what of it is on other machines and may be ill.

    Raises:
        BadInput: a directory in the settings is no Vosk model, or a damaged one.
    """
    if settings.speech == "keys":
        log.info("speech is off: callers press keys")
        return None, None
    try:
        from ivr.acoustic.model_file import AcousticModel  # onnxruntime may not be there: then nobody speaks

        engine: Hearing = hearing(settings.speech, None, vosk_models(settings), vosk_servers(settings))
        onset = Onset(AcousticModel())
    except (HudumaError, ImportError) as error:
        if settings.speech != "ctc" and isinstance(error, BadInput):
            raise  # a directory that somebody wrote into the settings, like a mistake in the menu
        log.error("nobody can understand words, callers press keys: %s", error)
        return None, None
    log.info("callers may speak: %s, %s at once", settings.speech, settings.speech_streams)
    far = engine if isinstance(engine, Examined) else None
    workers = settings.speech_streams if far else 0
    return Ears(engine, onset, settings.speech_streams, workers, keeps_words(settings)), far


def keeps_words(settings: Settings) -> bool:
    """Whether words that were not understood are kept to be labelled, of callers who agree."""
    return settings.recording and settings.utterances_days > 0


def engines(settings: Settings) -> dict[Language, str]:
    """Who understands each language: `ctc`, our own model, wherever Vosk has none."""
    theirs: Mapping[str, Mapping[Language, object]] = {
        "vosk": vosk_models(settings),
        "vosk-server": vosk_servers(settings),
    }
    named = theirs.get(settings.speech, {})
    return {language: settings.speech if language in named else "ctc" for language in LANGUAGES}


def vosk_models(settings: Settings) -> dict[Language, Path]:
    """The directories of Vosk's models by language, as the settings name them."""
    named: dict[Language, Path | None] = {"en": settings.vosk_model_en, "sw": settings.vosk_model_sw}
    return {language: path.expanduser() for language, path in named.items() if path is not None}


def vosk_servers(settings: Settings) -> dict[Language, list[str]]:
    """The addresses of vosk-servers by language, as the settings name them."""
    named: dict[Language, list[str]] = {"en": settings.vosk_servers_en, "sw": settings.vosk_servers_sw}
    return {language: addresses for language, addresses in named.items() if addresses}


if __name__ == "__main__":
    sys.exit(main())
