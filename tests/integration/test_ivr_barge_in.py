"""How soon words stop what a caller hears, on a real call: from the moment they are certain to silence on the wire."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from manager_line import ManagerLine
from rtp_line import DECODED, PACKET_S, RtpLine, coded
from running_asterisk import house, start_centre
from running_house import eventually
from running_ivr import running_ivr
from spoken_words import line_of, noisy, spoken
from udp_phone import PLAIN_SDP, UdpPhone

from citizen_services.citizens import NewCitizen, create_citizen, find_or_add_number, record_consent, remember_language
from contact_centre.database import connect, session_scope
from contact_centre.errors import HudumaError
from contact_centre.model import Language
from contact_centre.settings import Settings
from ivr.listen_command import messages
from ivr.listening_post import post_path

WITHIN_S = 0.2
SENTENCES: dict[Language, str] = {
    "en": "I would like to apply for a new passport for my daughter please",
    "sw": "ningependa kuomba pasipoti mpya ya kusafiria tafadhali",
}


@pytest.fixture(scope="module")
def running(asterisk_found: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A centre and its IVR; the telephone company is the test itself."""
    settings = house(tmp_path_factory.mktemp("barge-in"))
    with start_centre(settings), running_ivr(settings):
        yield settings


def somebody(settings: Settings, number: str, language: Language) -> None:
    """A citizen whose language is known, so that the main menu comes at once, and who agreed to be listened to."""
    engine, now = connect(settings.url), datetime.now(UTC)
    with session_scope(engine) as session:
        row = find_or_add_number(session, number, now)
        assert row is not None
        citizen = create_citizen(session, NewCitizen("Wanjiku Test"), now, row.id)
        record_consent(session, citizen.id, "recording", True, "centre", now)
        remember_language(session, row.id, language)
    engine.dispose()


def watched(settings: Settings) -> list[dict[str, Any]]:
    """What is told of the newest call from now on, as it comes."""
    told: list[dict[str, Any]] = []
    beginning = threading.Event()

    def watch() -> None:
        while not told:
            try:
                for message in messages(post_path(settings), None):
                    told.append(message)
                    beginning.set()
            except HudumaError:  # the call is not in the menu yet
                continue

    threading.Thread(target=watch, daemon=True).start()
    assert beginning.wait(20), "nobody can be watched"
    return told


def test_a_sample_survives_its_code() -> None:
    assert (DECODED[list(coded(DECODED))] == DECODED).all()
    assert (DECODED[0], DECODED[0x80], DECODED[0xFF]) == (-32124, 32124, 0)


@pytest.mark.parametrize(("language", "number"), [("en", "0712000091"), ("sw", "0712000092")])
async def test_what_the_caller_hears_is_silent_200_ms_after_words_are_certain(
    running: Settings, language: Language, number: str
) -> None:
    somebody(running, number, language)
    async with UdpPhone.plugged_in(number, running.sip_port, running.trunk_port) as phone:
        with RtpLine.open() as line:
            assert await phone.dial("1919", sdp=PLAIN_SDP.format(port=line.port)) == 200
            answered = await phone.wait_for(lambda message: "m=audio" in message.body)
            found = re.search(r"m=audio (\d+)", answered.body)
            assert found
            told = await asyncio.to_thread(watched, running)
            await eventually(lambda: len(line.arrivals) > 1.5 / PACKET_S or None, 30, lambda: "nothing is played")
            words = noisy(line_of(0.6, spoken(SENTENCES[language], language), 0.5))
            speaking = line.say(words, int(found[1]))

            def certain() -> float | None:
                return next((float(one["at"]) for one in told if one["type"] == "certain"), None)

            certain_at = await eventually(certain, 20, lambda: f"certain; told {[one['type'] for one in told]}")
            silent_at = await eventually(lambda: line.falls_silent(certain_at, 1.0), 20, lambda: "it goes on playing")
            await asyncio.to_thread(speaking.join)
            async with ManagerLine.to(running.manager_port, "huduma", running.secrets["manager"]) as centre:
                await centre.send(Action="Hangup", Channel="/^PJSIP/trunk-/")
                await phone.wait_for(lambda message: message.first.startswith("BYE "))
    assert silent_at > certain_at - PACKET_S, "it was silent before"
    assert silent_at - certain_at <= WITHIN_S + PACKET_S
