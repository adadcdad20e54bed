"""What `huduma doctor` says of a machine that has what the house needs, and not what tests and benchmarks need."""

from __future__ import annotations

import shutil
import socket

import pytest
from running_asterisk import as_environment, house

from asterisk_conf import debian
from asterisk_conf.embedded import Asterisk
from contact_centre.settings import load_settings
from operations.doctor import examine, main


def test_a_machine_with_all_that_the_house_needs_is_well(
    asterisk_found: Asterisk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian.unpack(["espeak-ng"], load_settings().cache_dir / "espeak-ng")
    settings = house(tmp_path_factory.mktemp("well"), cache_dir=load_settings().cache_dir)
    which = shutil.which
    gone = {"espeak-ng", "chromium-headless-shell", "sipp"}
    monkeypatch.setattr(shutil, "which", lambda name, **how: None if name in gone else which(name, **how))
    found = {finding.what: finding for finding in examine(settings)}
    assert found["Kiswahili voice"].seen == "espeak-ng"
    assert [finding.what for finding in found.values() if finding.advice] == ["chromium-headless-shell", "sipp"]
    for name, value in as_environment(settings).items():
        monkeypatch.setenv(name, value)
    load_settings.cache_clear()
    assert main([]) == 0, "the house needs neither"


def test_a_taken_port_is_a_finding(tmp_path_factory: pytest.TempPathFactory, asterisk_found: Asterisk) -> None:
    settings = house(tmp_path_factory.mktemp("taken"))
    with socket.create_server(("127.0.0.1", settings.console_port)):
        found = {finding.what: finding for finding in examine(settings)}
    assert "console_port".upper() in found["ports"].advice
    assert found["ports"].needed
