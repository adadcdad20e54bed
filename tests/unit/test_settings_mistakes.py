"""Garbage in the settings is refused with file, line and reason, or with the name of the environment variable."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contact_centre.errors import FileMistake, SettingsMistake
from contact_centre.settings import load_settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of settings that this test writes; nothing else is set."""
    for name in [name for name in os.environ if name.startswith("HUDUMA_") and name != "HUDUMA_TEST_AUDIO"]:
        monkeypatch.delenv(name)
    path = tmp_path / "huduma.toml"
    monkeypatch.setenv("HUDUMA_CONFIG", str(path))
    return path


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("\nconsole_prot = 80", 2, "console_prot: there is no such setting; is console_port meant?"),
        ("zebra = 1", 1, "zebra: there is no such setting"),
        ("[router]\nx = 1", 1, "router:"),
        ("# a note\n\nconsole_port = 'eighty'", 3, "console_port: Input should be a valid integer"),
        ("sip_port = 70000", 1, "sip_port: Input should be less than or equal to 65535"),
        ("console_port = 0", 1, "console_port: Input should be greater than or equal to 1"),
        ("mode = 'live'", 1, "mode: Input should be 'demonstration' or 'production'"),
        ("prefixes = 'a'", 1, "prefixes: Input should be a valid list"),
        ('prefixes = ["19-19"]', 1, "prefixes: each prefix is 2 to 15 digits"),
        ('timezone = "Mars"', 1, "timezone: not a time zone"),
        ('opens = "7 o\'clock"', 1, "opens: a local time such as 07:00"),
        ('opens = "25:00"', 1, "opens: a local time"),
        ('closes = "9pm"', 1, "closes: a local time"),
        ('opens = "09:00"\ncloses = "08:00"', 2, "closes: it must be later than opens"),
        ("rtp_first_port = 20000\nrtp_last_port = 19999", 2, "rtp_last_port: it must be above rtp_first_port"),
        ("sip_port = 5060\nconsole_port = = 1", 2, "this is not TOML: Invalid value"),
        ('sip_port = 5060\nmenu = "', 2, "this is not TOML"),
        ("sip_port = 5060\nsip_port = 5061", 2, "this is not TOML: Cannot overwrite a value"),
    ],
)
def test_the_file_the_line_and_the_reason_are_named(text: str, line: int, reason: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(FileMistake) as refused:
        load_settings()
    assert (refused.value.path, refused.value.line) == (file, line)
    assert str(refused.value).startswith(f"{file}:{line}: {reason}")


def test_every_mistake_of_a_file_is_told_at_once(file: Path) -> None:
    file.write_text("sip_port = 0\nzebra = 1\n")
    with pytest.raises(FileMistake, match=r":1: sip_port: .*; line 2: zebra: there is no such setting"):
        load_settings()


def test_what_is_no_text_or_no_file_is_refused(file: Path) -> None:
    file.write_bytes(b"mode = '\xff'")
    with pytest.raises(FileMistake, match=r"huduma\.toml: this is not text in UTF-8"):
        load_settings()
    file.unlink()
    with pytest.raises(SettingsMistake, match="HUDUMA_CONFIG: there is no file"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("HUDUMA_CONSOLE_PORT", "eighty", "Input should be a valid integer"),
        ("HUDUMA_SIP_PORT", "0", "Input should be greater than or equal to 1"),
        ("HUDUMA_OPENS", "7:00", "a local time such as 07:00 is needed"),
        ("HUDUMA_PREFIXES", "1919", "Input should be a valid list"),
        ("HUDUMA_PREFIXES", '["1919"', "a list is written as"),
        ("HUDUMA_SIP_PROT", "5060", "there is no such setting; is HUDUMA_SIP_PORT meant?"),
    ],
)
def test_a_variable_of_the_environment_is_named(
    name: str, value: str, reason: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("console_port = 8181\n")
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsMistake) as refused:
        load_settings()
    assert str(refused.value).startswith(f"{name}: {reason}")


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("console_port = 8181\nsip_port = 5062\n")
    monkeypatch.setenv("HUDUMA_CONSOLE_PORT", "8282")
    settings = load_settings()
    assert (settings.console_port, settings.sip_port) == (8282, 5062)


@pytest.mark.parametrize(
    ("text", "reason"), [("{", r"secrets\.json:1: this is not JSON"), ('{"manager": 1}', "a secret for each name")]
)
def test_a_broken_file_of_secrets_is_refused(text: str, reason: str, file: Path, tmp_path: Path) -> None:
    file.write_text(f'data_dir = "{tmp_path}"')
    (tmp_path / "secrets.json").write_text(text)
    with pytest.raises(FileMistake, match=reason):
        _ = load_settings().secrets


SAFE = "mode = 'production'\nignore_hours = false\nsecure_cookies = true\n"


def test_production_starts_with_its_safeguards_and_secrets_of_its_own_making(file: Path, tmp_path: Path) -> None:
    file.write_text(f"{SAFE}data_dir = '{tmp_path}'\nmanager_secret = 'mBq3-vT8zLp0wXy7'")
    settings = load_settings()
    assert settings.secrets["manager"] == "mBq3-vT8zLp0wXy7"
    load_settings.cache_clear()
    assert load_settings().secrets == settings.secrets, "what was made once is good enough"


@pytest.mark.parametrize("name", ["session_secret", "manager_secret"])
@pytest.mark.parametrize(
    "value",
    [
        *("change-me", "changeme", "secret", "password", "huduma", "default", "admin", "asterisk", "Password", "short"),
        *("change-me-change-me", "passwordpassword", "Huduma-Secret-2026", "aaaaaaaaaaaaaaaaaaaa", "1234567890123456"),
    ],
)
def test_production_refuses_a_guessable_secret(
    name: str, value: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(f"{SAFE}data_dir = '{tmp_path}'\n{name} = '{value}'")
    with pytest.raises(SettingsMistake, match=f"{name} is too easy to guess"):
        load_settings()
    file.write_text(f"{SAFE}data_dir = '{tmp_path}'")
    monkeypatch.setenv(f"HUDUMA_{name.upper()}", value)
    with pytest.raises(SettingsMistake, match=f"{name} is too easy to guess"):
        load_settings()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ("ignore_hours = true", "ignore_hours must be false"),
        ("secure_cookies = false", "secure_cookies must be true"),
        ("database_url = 'postgresql+psycopg://huduma:huduma@db/huduma'", "database_url: its password"),
        ("database_url = 'postgresql+psycopg://centre:Password@db/huduma'", "database_url: its password"),
    ],
)
def test_production_refuses_what_is_unsafe(changed: str, reason: str, file: Path, tmp_path: Path) -> None:
    name = changed.split(" = ")[0]
    kept = "\n".join(line for line in SAFE.splitlines() if not line.startswith(name))
    file.write_text(f"{kept}\ndata_dir = '{tmp_path}'\n{changed}")
    with pytest.raises(SettingsMistake, match=reason):
        load_settings()
    file.write_text(file.read_text().replace("'production'", "'demonstration'"))
    load_settings.cache_clear()
    load_settings()


def test_production_needs_its_safeguards_said(file: Path) -> None:
    """Their defaults are those of the demonstration."""
    file.write_text("mode = 'production'")
    with pytest.raises(SettingsMistake, match="must be"):
        load_settings()


def test_production_refuses_a_guessable_secret_that_was_written_into_the_file_of_secrets(
    file: Path, tmp_path: Path
) -> None:
    file.write_text(f"{SAFE}data_dir = '{tmp_path}'")
    (tmp_path / "secrets.json").write_text('{"supervisor": "change-me"}')
    with pytest.raises(SettingsMistake, match=r"supervisor in secrets\.json is too easy to guess"):
        load_settings()
