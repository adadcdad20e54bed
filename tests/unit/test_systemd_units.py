"""The units in `docs/systemd`, their settings and the README's commands belong together, and systemd reads them."""

from __future__ import annotations

import configparser
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contact_centre.settings import PROJECT_ROOT, Settings, load_settings
from operations.house import programs

UNITS = PROJECT_ROOT / "docs" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
PYTHON = "/opt/huduma/.venv/bin/python"
README = (PROJECT_ROOT / "README.md").read_text()


def unit(path: Path) -> dict[str, str]:
    """A unit's settings, whatever their section."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text())
    return {name: value for section in parser.sections() for name, value in parser.items(section)}


def module(path: Path) -> str:
    """What a unit runs."""
    python, _, name = unit(path)["ExecStart"].partition(" -m ")
    assert python == PYTHON
    return name


@pytest.fixture
def documented(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of the documented file, as a unit reads them."""
    monkeypatch.setenv("HUDUMA_CONFIG", str(UNITS / "huduma.toml"))
    return load_settings()


def test_there_is_a_unit_for_every_program_and_no_other(documented: Settings) -> None:
    wanted = {one.module for one in programs(documented.model_copy(update={"router": "apart"}))}
    assert {module(path) for path in SERVICES} == wanted
    assert all(importlib.util.find_spec(f"{name}.__main__") for name in wanted)


def test_the_target_starts_what_one_machine_needs(documented: Settings) -> None:
    wanted = {one.module for one in programs(documented)}
    started = unit(UNITS / "huduma.target")["Wants"].split()
    assert {module(UNITS / name) for name in started} == wanted


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_unit_may_write_where_the_documented_settings_keep_things(path: Path, documented: Settings) -> None:
    settings = unit(path)
    writable = [Path(one) for one in settings["ReadWritePaths"].split()]
    for place in (documented.data_dir, documented.cache_dir):
        assert any(place.is_relative_to(one) for one in writable), place
    assert not any(Path(settings["WorkingDirectory"]).is_relative_to(one) for one in writable)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_a_unit_gives_only_variables_that_are_read(path: Path) -> None:
    settings = unit(path)
    assert "EnvironmentFile" not in settings
    name, _, value = settings["Environment"].partition("=")
    assert name == "HUDUMA_CONFIG"
    assert f"docs/systemd/huduma.toml {value} " in README, "the README puts the file there"


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.stem)
def test_the_readme_makes_what_a_unit_needs(path: Path) -> None:
    settings = unit(path)
    home, user = settings["WorkingDirectory"], settings["User"]
    assert f" {user}\ninstall -d -o {user} -g {user} -m 0750 {settings['ReadWritePaths']} {home}\n" in README
    assert f"sudo -Hu {user} {settings['Environment']} ./huduma up --only-set-up\n" in README
    assert settings["WantedBy"] in README


def test_the_readme_shows_the_documented_settings() -> None:
    assert f"```toml\n{(UNITS / 'huduma.toml').read_text()}```" in README


def test_systemd_finds_nothing_to_say(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed here: apt-get install systemd")
    copies = []
    for path in [*SERVICES, UNITS / "huduma.target"]:
        copies.append(tmp_path / path.name)
        copies[-1].write_text(path.read_text().replace(PYTHON, sys.executable))
    done = subprocess.run(["systemd-analyze", "verify", *copies], capture_output=True, text=True, check=False)
    said = [line for line in (done.stdout + done.stderr).splitlines() if str(tmp_path) in line or "huduma" in line]
    assert (done.returncode, said) == (0, [])
    copies[0].write_text(copies[0].read_text().replace("Restart=always", "Restart=sometimes"))
    done = subprocess.run(["systemd-analyze", "verify", copies[0]], capture_output=True, text=True, check=False)
    assert "restart specifier" in done.stderr, "a mistake would be seen"
