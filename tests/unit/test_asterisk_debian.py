"""What the unpacker says when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from asterisk_conf import debian, embedded
from contact_centre.errors import SetupFailed
from contact_centre.settings import Settings


def test_what_exists_is_not_fetched_again(tmp_path: Path) -> None:
    assert debian.unpack(["asterisk"], tmp_path) == tmp_path


def test_a_package_is_named_as_packages_are(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed, match="name of a package"):
        debian.unpack(["-o=Dir::x"], tmp_path / "into")


def test_no_room_is_said_before_anything_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "ROOM_NEEDED", 2**62)
    with pytest.raises(SetupFailed, match="free: make room"):
        debian.unpack(["asterisk"], tmp_path / "into")


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupFailed, match="cannot write in"):
        debian.unpack(["asterisk"], tmp_path / "file" / "into")


def test_no_network_is_called_so_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = debian.Source("http://127.0.0.1:9/debian/", "sid", ("main",), "")
    monkeypatch.setattr(debian, "own_source", lambda: nowhere)
    with pytest.raises(SetupFailed, match="no network"):
        debian.unpack(["asterisk"], tmp_path / "into")
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_apt_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupFailed, match="install Asterisk 18 or newer"):
        debian.own_source()


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"VERSION_CODENAME": "bookworm"}, "bookworm"),
        ({"VERSION_CODENAME": "zara", "UBUNTU_CODENAME": "noble"}, "noble"),
        ({"ID": "debian"}, "sid"),
    ],
)
def test_apt_is_asked_for_the_releases_name_only_where_it_has_none(
    told: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian, "_os_release", lambda: told)
    monkeypatch.setattr(debian, "own_source", lambda: debian.Source("http://debian.example/", "sid", ("main",), ""))
    assert debian.release() == name


def test_a_program_that_is_no_asterisk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupFailed):
        embedded.find(Settings(asterisk_program=Path("/bin/true"), data_dir=tmp_path, cache_dir=tmp_path))
