"""Which browser tests look through."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from operations import chromium, test

UBUNTU = {"ID": "ubuntu", "VERSION_ID": "24.04"}
MADE_OF_IT = {"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}
DEBIAN = {"ID": "debian", "VERSION_ID": "13"}


@pytest.mark.parametrize(("release", "is_ubuntu"), [(UBUNTU, True), (MADE_OF_IT, True), (DEBIAN, False)])
def test_ubuntu_is_told_from_debian(release: dict[str, str], is_ubuntu: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: release)
    assert chromium.on_ubuntu() is is_ubuntu


def test_debians_is_the_one_in_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: DEBIAN)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert chromium.find_chromium() is None
    (tmp_path / "chromium-headless-shell").write_text("#!/bin/sh\n")
    (tmp_path / "chromium-headless-shell").chmod(0o755)
    assert chromium.find_chromium() == str(tmp_path / "chromium-headless-shell")


def test_on_ubuntu_playwright_fetches_it_and_apt_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    class Done:
        returncode = 0

    def run(words: list[str], **_: object) -> Done:
        ran.append(words)
        return Done()

    monkeypatch.setattr("platform.freedesktop_os_release", lambda: UBUNTU)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(test.subprocess, "run", run)
    test.install_from_debian(["chromium-headless-shell", "espeak-ng"])
    assert [words[0] for words in ran] == ["apt-get", "apt-get", sys.executable, sys.executable]
    assert ran[1][-1] == "espeak-ng"
    assert ran[2][-2:] == ["install", "chromium"]
    ran.clear()
    test.install_from_debian(["chromium-headless-shell"])
    assert [words[0] for words in ran] == [sys.executable, sys.executable], "nothing is left for apt"
