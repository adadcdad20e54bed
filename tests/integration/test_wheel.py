"""What `pip wheel` makes carries every file of every room, and what it installs does not write beside itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from contact_centre.cli import main
from contact_centre.settings import PROJECT_ROOT
from operations.console_build import WEB, fingerprint, with_sources

pytestmark = pytest.mark.gives_way

ROOMS = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")} - {"tests", "bench"}
MADE_HERE = shutil.ignore_patterns("__pycache__", "node_modules", "dist", "coverage")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as a clone has them: nothing is built."""
    clone = tmp_path_factory.mktemp("clone")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT_ROOT / name, clone)
    for room in ROOMS:
        shutil.copytree(PROJECT_ROOT / room, clone / room, ignore=MADE_HERE)
    return clone


@pytest.fixture(scope="module")
def installed(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as pip would."""
    into = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-build-isolation", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", str(into), str(clone)], check=True)
    with zipfile.ZipFile(next(into.glob("huduma-*.whl"))) as wheel:
        wheel.extractall(into / "site")
    return into / "site"


def test_every_file_of_every_room_is_in_the_wheel(clone: Path, installed: Path) -> None:
    wanted = {path.relative_to(clone) for room in ROOMS for path in (clone / room).rglob("*") if path.is_file()}
    carried = {path.relative_to(installed) for path in installed.rglob("*") if path.is_file()}
    assert wanted <= carried
    assert {path.parts[0] for path in carried - wanted} == {"huduma-0.1.0.dist-info"}


def test_the_acoustic_model_comes_with_its_card(installed: Path) -> None:
    data = installed / "ivr" / "acoustic" / "data"
    assert (data / "huduma-ctc.onnx").is_file()
    assert (data / "huduma-digits.onnx").is_file()
    card = (data / "model-card.md").read_text()
    for told in ("trained on", "licence", "95 % intervals", "**Limits.**"):
        assert told in card


def test_the_wheel_gives_the_command(installed: Path) -> None:
    lines = (installed / "huduma-0.1.0.dist-info" / "entry_points.txt").read_text().split("\n")
    name, _, value = next(line for line in lines if "=" in line).partition(" = ")
    assert name == "huduma"
    assert EntryPoint(name, value, "console_scripts").load() is main


def test_what_changes_is_kept_in_the_data_home(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "huduma").mkdir()
    (tmp_path / "huduma" / "huduma.toml").write_text("console_port = 8181")
    ask = (
        "from contact_centre.settings import Settings; s = Settings();"
        "print(s.data_dir, s.studio_dir, s.console_port, s.menu.exists(), s.web_dir == s.cache_dir / 'web')"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUDUMA_", "PYTHON"))}
    said = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=installed,
        env={**environment, "XDG_DATA_HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert said == [f"{tmp_path}/huduma/var", f"{tmp_path}/huduma/studio", "8181", "True", "True"]


def test_pages_are_built_from_a_copy_that_follows_its_sources(tmp_path: Path) -> None:
    web = with_sources(tmp_path / "web")
    assert fingerprint(web) == fingerprint(WEB)
    (web / "dist").mkdir()
    assert (with_sources(web) / "dist").exists()
    (web / "index.html").write_text("of an older version")
    assert fingerprint(with_sources(web)) == fingerprint(WEB)
    assert with_sources(WEB) == WEB
