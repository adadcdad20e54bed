"""`huduma speech eval`: what is measured, what is written, and that one bad file does not end it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile
from spoken_words import hiss, line_of, spoken
from vosk_korean import KOREAN, korean
from vosk_server import vosk_server

from contact_centre.errors import BadInput, SettingsMistake
from contact_centre.settings import load_settings
from ivr.evaluation import main
from ivr.evaluation_set import read_set


def save(path: Path, text: str, language: str = "en", rate: int = 8000) -> None:
    sound = line_of(0.2, spoken(text, "sw" if language == "sw" else "en"), 0.3)
    soundfile.write(path, sound, rate, subtype="PCM_16")


def test_names_tell_what_was_said_and_what_is_bad_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given, into = tmp_path / "given", tmp_path / "out"
    given.mkdir()
    for text in ("student loan", "passport", "health insurance"):
        save(given / f"{text.replace(' ', '-')}_m6.wav", text)
    save(given / "kitambulisho_m6_sw.wav", "kitambulisho", "sw")
    save(given / "pasipoti_m6_sw.wav", "pasipoti", "sw")
    soundfile.write(given / "nothing_hiss.wav", hiss(1.5), 8000, subtype="PCM_16")
    save(given / "fast_m6.wav", "passport", rate=16000)
    (given / "empty_m6.wav").touch()
    (given / "foreign_m6.wav").write_text("no sound at all\n" * 50)
    soundfile.write(given / "long_m6.flac", np.zeros(8000 * 16, np.int16), 8000)
    assert main([str(given), "--noise", "20", "--into", str(into)]) == 0
    told = capsys.readouterr().out
    for name, reason in (("fast", "16000 Hz"), ("empty", "0 bytes"), ("foreign", "no sound"), ("long", "16.0 s")):
        assert any(name in line and reason in line for line in told.splitlines()), told
    with (into / "accuracy.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["language"], row["noise_db"]): row for row in csv.DictReader(file)}
    assert set(rows) == {("en", ""), ("en", "20"), ("sw", ""), ("sw", "20")}
    assert rows["en", ""]["n"] == "3"
    assert rows["en", ""]["outside_n"] == "1"
    assert float(rows["sw", ""]["right"]) == 1.0
    assert float(rows["en", "20"]["false_accepts"]) == 0.0
    assert (into / "accuracy.png").read_bytes().startswith(b"\x89PNG")
    assert "passport" in (into / "confusions.csv").read_text(encoding="utf-8")


def test_a_manifest_tells_options_and_its_bad_lines_are_left_out(tmp_path: Path) -> None:
    save(tmp_path / "a.wav", "passport")
    lines = [
        "file\tlanguage\toption\tphrases",
        "a.wav\ten\tpassport\tpassport|travel papers;taxes",
        "../a.wav\ten\tpassport\tpassport",
        "a.wav\tfr\tpassport\tpassport",
        "gone.wav\ten\tpassport\tpassport",
        "a.wav\ten\tland\tpassport;taxes",
    ]
    (tmp_path / "manifest.tsv").write_text("\n".join(lines), encoding="utf-8")
    found = read_set(tmp_path)
    assert [recording.options for recording in found.recordings] == [
        {"passport": ("passport", "travel papers"), "taxes": ("taxes",)}
    ]
    assert len(found.complaints) == 4


@pytest.mark.parametrize("content", [b"file\tspeaker\na.wav\tme\n", b"\xff\xfe\x00junk", b""])
def test_without_its_columns_the_names_are_read(content: bytes, tmp_path: Path) -> None:
    save(tmp_path / "7_me_1.wav", "seven")
    (tmp_path / "manifest.tsv").write_bytes(content)
    found = read_set(tmp_path)
    assert [recording.truth for recording in found.recordings] == ["seven"]
    assert len(found.complaints) == 1
    assert "manifest.tsv" in found.complaints[0]


def korean_words(folder: Path) -> Path:
    """Three words that the Korean model knows, taken for English, and one that it is not asked for."""
    folder.mkdir()
    for text, name in (("하나", "하나"), ("삼", "삼"), ("안녕하세요", "안녕하세요"), ("고맙습니다", "nothing")):
        soundfile.write(folder / f"{name}_f2.wav", line_of(0.3, korean(text), 0.5), 8000, subtype="PCM_16")
    return folder


def accuracy(into: Path) -> dict[str, str]:
    with (into / "accuracy.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    return row


def test_vosk_is_measured_as_our_own_model_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = korean_words(tmp_path / "given")
    with pytest.raises(SettingsMistake, match="needs a model"):
        main([str(given), "--engine", "vosk"])
    monkeypatch.setenv("HUDUMA_VOSK_MODEL_EN", str(KOREAN))
    load_settings.cache_clear()
    assert main([str(given), "--engine", "vosk", "--into", str(tmp_path / "out")]) == 0
    row = accuracy(tmp_path / "out")
    assert (row["n"], row["right"], row["outside_n"]) == ("3", "1", "1")
    assert "heard by: vosk (en), ctc (sw)" in capsys.readouterr().out


def test_a_vosk_server_is_measured_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = korean_words(tmp_path / "given")
    with pytest.raises(SettingsMistake, match="needs servers"):
        main([str(given), "--engine", "vosk-server"])
    with vosk_server() as address:
        monkeypatch.setenv("HUDUMA_VOSK_SERVERS_EN", f'["{address}"]')
        load_settings.cache_clear()
        assert main([str(given), "--engine", "vosk-server", "--into", str(tmp_path / "out")]) == 0
    assert accuracy(tmp_path / "out")["right"] == "1"
    assert "heard by: vosk-server (en), ctc (sw)" in capsys.readouterr().out


def test_nothing_to_measure_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="nothing in"):
        main([str(tmp_path)])
    with pytest.raises(BadInput, match="no directory"):
        main([str(tmp_path / "gone")])
