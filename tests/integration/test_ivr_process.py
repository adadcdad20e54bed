"""`python -m ivr` as a process: it refuses what is wrong with one line, and ends when told to."""

from __future__ import annotations

import socket
from pathlib import Path

from ivr_menus import MENU_FILE
from running_asterisk import ended, free_ports
from running_ivr import JournalWatch, running_ivr, share_prompts
from vosk_korean import cut_in_half

from contact_centre.facts import Kind
from contact_centre.settings import Settings


def fails(settings: Settings) -> str:
    done = ended(settings, "ivr")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_menu_with_a_mistake_is_refused_at_start(tmp_path: Path) -> None:
    menu = tmp_path / "menu.yaml"
    menu.write_text(MENU_FILE.read_text().replace("to: travel", "to: travle"))
    assert f"{menu}:" in (said := fails(Settings(data_dir=tmp_path, menu=menu)))
    assert "there is no node 'travle'" in said


def test_a_foreign_model_directory_is_refused_at_start(tmp_path: Path) -> None:
    foreign = tmp_path / "voices"
    foreign.mkdir()
    (foreign / "README").write_text("not a model")
    said = fails(Settings(data_dir=tmp_path, speech="vosk", vosk_model_en=foreign))
    assert f"ivr: {foreign}: this is no Vosk model: am/final.mdl is not there" in said


def test_a_corrupt_model_directory_is_refused_at_start(tmp_path: Path) -> None:
    """Of a graph that is cut Vosk itself says nothing, and dies at the first caller's word."""
    corrupt = cut_in_half(tmp_path / "model", "graph/HCLr.fst")
    said = fails(Settings(data_dir=tmp_path, speech="vosk", vosk_model_en=corrupt))
    assert f"ivr: {corrupt}: Vosk cannot load this model, or dies of it: fetch it again" in said


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(data_dir=tmp_path, fastagi_port=taken.getsockname()[1])
        share_prompts(settings)
        assert "fastagi_port" in fails(settings)


def test_sigterm_ends_it_cleanly(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, fastagi_port=free_ports(1)[0])
    with running_ivr(settings) as process:
        process.terminate()
        assert process.wait(15) == 0


def test_sigterm_loses_no_fact(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, fastagi_port=free_ports(1)[0])
    with running_ivr(settings) as process:
        journal = JournalWatch(settings)
        with socket.create_connection(("127.0.0.1", settings.fastagi_port), timeout=15) as asterisk:
            asterisk.sendall(b"agi_callerid: 0712000001\nagi_arg_1: c0ffee00-0001\nagi_arg_2: main\n\n")
            assert asterisk.recv(1000), "the call has begun"
            process.terminate()
            assert process.wait(15) == 0
    journal.fact(Kind.CALL_ENTERED, timeout_s=0.1, entry="main")
    journal.engine.dispose()
