"""`huduma doctor`: what is missing on this machine, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from rich.console import Console

from asterisk_conf.debian import own_source
from asterisk_conf.embedded import find
from contact_centre.errors import HudumaError, SetupFailed
from contact_centre.settings import Settings, load_settings
from ivr.__main__ import vosk_models, vosk_servers
from ivr.model_directory import check_directory
from ivr.synthesis import find_espeak
from ivr.vosk_far import answers
from operations.chromium import OF_DEBIAN
from operations.house import House
from operations.steps import check_disk, check_ports


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `advice` is empty when it is well."""

    what: str
    seen: str
    advice: str = ""
    needed: bool = True
    """Whether the house needs it; tests and benchmarks need more."""


def main(argv: list[str]) -> int:
    """Look at everything; the exit code is 1 when something is missing that the house needs."""
    findings = examine(load_settings())
    screen = Console(highlight=False)
    for finding in findings:
        mark = "[green]✓" if not finding.advice else "[red]✗" if finding.needed else "[yellow]–"
        screen.print(f"{mark}[/] {finding.what:<24} {finding.seen}")
        if finding.advice:
            screen.print(f"  → {finding.advice}")
    return int(any(finding.advice and finding.needed for finding in findings))


def examine(settings: Settings) -> list[Finding]:
    """Every finding, the bad ones with advice."""
    return [
        Finding("Python", sys.version.split()[0]),
        _try("disk and secrets", str(settings.data_dir), lambda: check_disk(settings, _silent)),
        _running_or_free(settings),
        _asterisk(settings),
        *examine_speech(settings),
        _kiswahili_voice(settings),
        _program(OF_DEBIAN, f"only the tests need it: `apt install {OF_DEBIAN}`"),
        _program("sipp", "only the benchmarks need it: `apt install sip-tester`"),
    ]


def _silent(_: str) -> None:
    pass


def _try(what: str, seen: str, look: Callable[[], object]) -> Finding:
    try:
        look()
    except HudumaError as error:
        return Finding(what, "", str(error))
    return Finding(what, seen)


def _running_or_free(settings: Settings) -> Finding:
    house = House(settings)
    if house.running():
        return Finding("the house", "runs" if house.is_ready() else f"runs, but {house.trouble()}")
    return _try("ports", "free", lambda: check_ports(settings, _silent))


def _asterisk(settings: Settings) -> Finding:
    unpacked = any(settings.cache_dir.glob("asterisk*"))
    if not (settings.asterisk_program or shutil.which("asterisk") or unpacked):
        try:
            own_source()
        except SetupFailed as error:
            return Finding("Asterisk", "", str(error))
        return Finding("Asterisk", "none yet; `huduma up` unpacks one without root")
    return _try("Asterisk", "found", lambda: find(settings, _silent))


def _kiswahili_voice(settings: Settings) -> Finding:
    if settings.piper_voice_sw is not None:
        return Finding("Kiswahili voice", str(settings.piper_voice_sw))
    try:
        find_espeak(settings.cache_dir)
    except SetupFailed:
        return Finding("Kiswahili voice", "none yet; `huduma up` unpacks espeak-ng without root")
    return Finding("Kiswahili voice", "espeak-ng")


def examine_speech(settings: Settings) -> Iterator[Finding]:
    """The models and servers that the settings name, whether `speech` uses them now or not."""
    for language, directory in vosk_models(settings).items():
        yield _try(f"Vosk model ({language})", str(directory), partial(check_directory, directory))
    for language, addresses in vosk_servers(settings).items():
        for address in addresses:
            advice = "" if answers(address) else "it does not answer: start it, or take it out of the settings"
            yield Finding(f"vosk-server ({language})", address, advice)


def _program(name: str, advice: str) -> Finding:
    found = shutil.which(name)
    return Finding(name, found) if found else Finding(name, "not found", advice, needed=False)
