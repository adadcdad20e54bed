"""Prompts as real sound: level, silence, clipping, and that a changed text is made anew."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from ivr_menus import real_menu

from asterisk_conf import debian
from citizen_services.catalogue import Text
from contact_centre.errors import SetupFailed
from contact_centre.model import LANGUAGES
from contact_centre.settings import Settings, load_settings
from ivr.levels import RATE, for_telephone, loudness, peak
from ivr.prompts import Prompts
from ivr.synthesis import find_espeak
from ivr.turns import Part, Prompt, Spoken

TEXTS: dict[str, Text] = {
    "one-moment": {"en": "One moment, please.", "sw": "Subiri kidogo, tafadhali."},
    "fee": {"en": "It costs KSh 7,550.", "sw": "Ni KSh 7,550."},
}


def made(settings: Settings, parts: list[Part], texts: dict[str, Text] = TEXTS) -> list[Path]:
    prompts = Prompts(settings, texts)
    try:
        return [Path(prompts.prepare(part).result(60) + ".wav") for part in parts]
    finally:
        prompts.close()


def test_every_prompt_is_8_khz_mono_level_and_trimmed(tmp_path: Path) -> None:
    parts: list[Part] = [Prompt(name, language) for name in TEXTS for language in LANGUAGES]
    parts += [Spoken("Dial *147#.", "en"), Spoken("Piga *147#.", "sw")]
    for path in made(Settings(data_dir=tmp_path), parts):
        info = soundfile.info(path)
        assert (info.samplerate, info.channels, info.subtype) == (RATE, 1, "PCM_16")
        samples, _ = soundfile.read(path)
        assert 0.6 < info.duration < 8
        assert loudness(samples) == pytest.approx(-20, abs=1.5)
        assert peak(samples) <= -2.9
        assert np.abs(samples[: int(0.04 * RATE)]).max() < 0.02, "silence before"
        assert np.flatnonzero(np.abs(samples) > 0.03)[0] < 0.3 * RATE, "but little of it"


def test_a_prompt_is_made_once_and_again_when_its_words_change(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    (path,) = made(settings, [Prompt("fee", "sw")])
    before = path.stat().st_mtime_ns
    assert made(settings, [Prompt("fee", "sw")]) == [path]
    assert path.stat().st_mtime_ns == before
    changed = TEXTS | {"fee": {"en": "Free.", "sw": "Ni bure."}}
    made(settings, [Prompt("fee", "sw")], changed)
    assert path.stat().st_mtime_ns > before
    assert not list(path.parent.glob(".*")), "no draft is left behind"


def test_a_studio_recording_comes_first_and_is_levelled_too(tmp_path: Path) -> None:
    studio = tmp_path / "studio"
    (studio / "sw").mkdir(parents=True)
    tone = np.sin(2 * np.pi * 440 * np.arange(2 * 44100) / 44100)
    soundfile.write(studio / "sw" / "fee.wav", np.stack([tone, tone], axis=1), 44100)
    (path,) = made(Settings(data_dir=tmp_path, studio_dir=studio), [Prompt("fee", "sw")])
    samples, rate = soundfile.read(path)
    assert rate == RATE
    assert len(samples) / rate == pytest.approx(2.2, abs=0.2)
    assert loudness(samples) == pytest.approx(-20, abs=1)
    (studio / "sw" / "fee.wav").write_bytes(b"no sound")
    with pytest.raises(SetupFailed):
        made(Settings(data_dir=tmp_path, studio_dir=studio), [Prompt("fee", "sw")])


def test_a_menu_is_read_out_before_its_beginning_is_forgotten(tmp_path: Path) -> None:
    menu = real_menu()
    menus: list[Part] = [Prompt(id_, "sw") for id_ in menu.prompts if id_.startswith("menu-")]
    paths = made(Settings(data_dir=tmp_path), menus, dict(menu.prompts))
    *others, longest = sorted(soundfile.info(path).duration for path in paths)
    assert longest < 26
    assert others[-1] < 23, "only the main menu is that long"


def test_silence_and_extremes_do_no_harm() -> None:
    assert not for_telephone(np.zeros(1000), 22050).any()
    assert not for_telephone(np.zeros(0), 8000).any()
    loud = for_telephone(np.sign(np.sin(np.arange(30000) / 7)) * 1.0, 22050)
    assert np.abs(loud / 32767).max() <= 10 ** (-3 / 20) + 0.001
    click = np.zeros(16000)
    click[::400] = 1.0
    assert np.abs(for_telephone(click, 8000) / 32767).max() <= 10 ** (-3 / 20) + 0.001


def test_what_is_said_in_one_go_is_one_file(tmp_path: Path) -> None:
    prompts = Prompts(Settings(data_dir=tmp_path), TEXTS)
    parts: tuple[Part, ...] = (Prompt("one-moment", "sw"), Prompt("fee", "sw"))
    try:
        made = [prompts.files(parts, lambda: None), prompts.files(parts, lambda: None)]
        single = prompts.files(parts[:1], lambda: None)
    finally:
        prompts.close()
    assert made[0] is not None
    assert len(made[0]) == 1, "so no key is lost between two"
    assert made[0] == made[1]
    seconds = [soundfile.info(tmp_path / "prompts" / "sw" / f"{name}.wav").duration for name in ("one-moment", "fee")]
    assert soundfile.info(f"{made[0][0]}.wav").duration == pytest.approx(sum(seconds))
    assert single == (str(tmp_path / "prompts" / "sw" / "one-moment"),)


def test_a_path_that_cannot_be_told_to_asterisk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed):
        Prompts(Settings(data_dir=tmp_path / "a&b"), TEXTS)


def test_kiswahili_is_spoken_where_espeak_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the unpacked one, with the libraries that came with it: a bare machine has none of them."""
    cache = load_settings().cache_dir
    debian.unpack(["espeak-ng"], cache / "espeak-ng")
    command = debian.command_of(cache / "espeak-ng", "usr/bin/espeak-ng")
    assert command is not None
    listed = subprocess.run([command[0], "--list", *command[1:]], capture_output=True, text=True, check=True).stdout
    assert "not found" not in listed
    assert not [line for line in listed.splitlines() if "=> /" in line and str(cache) not in line], "the system's own"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    samples, rate = find_espeak(cache).speak("Karibu Huduma.")
    assert len(samples) > rate / 2


def test_an_unpacked_program_that_is_not_whole_is_none(tmp_path: Path) -> None:
    assert debian.command_of(tmp_path, "usr/bin/espeak-ng") is None
