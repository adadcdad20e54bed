"""One Settings for the whole house: defaults < `huduma.toml` < environment (`HUDUMA_…`).

Secrets are made at the first start, one set for each installation, and kept in `DATA_DIR/secrets.json` (mode 0600);
none has a default. In production the house refuses to start with sample data or with a secret that people guess.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets as random_secrets
import tempfile
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from contact_centre import settings_mistakes
from contact_centre.errors import FileMistake, SettingsMistake
from contact_centre.guessable import is_default_password, is_guessable

PROJECT_ROOT = Path(__file__).resolve().parent.parent
"""Where the rooms are: the checkout, or the `site-packages` that a wheel was installed into."""
IN_CHECKOUT = (PROJECT_ROOT / "pyproject.toml").exists()
HOME = (
    PROJECT_ROOT if IN_CHECKOUT else Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "huduma"
)
"""What is the installation's own is kept here: beside the checkout, never beside an installed package."""
SOCKET_PATH_MAX = 100
"""A Unix socket's path may be 107 bytes."""
Port = Annotated[int, Field(ge=1, le=65535)]


def settings_file() -> Path:
    """The file that settings are read from; it need not be there, unless HUDUMA_CONFIG names it."""
    return Path(os.environ.get("HUDUMA_CONFIG") or HOME / "huduma.toml")


class Settings(BaseSettings):
    """What an installation may change. Every field is in the README's table; a test keeps it so."""

    model_config = SettingsConfigDict(env_prefix="HUDUMA_", extra="forbid", frozen=True)

    mode: Literal["demonstration", "production"] = Field(
        "demonstration", description="`production` refuses sample accounts and guessable secrets."
    )
    data_dir: Path = Field(
        HOME / "var", description="Where everything that changes is kept: database, recordings, prompts, logs."
    )
    cache_dir: Path = Field(
        Path("~/.cache/huduma"), description="Slow, repeatable things: the unpacked Asterisk, the built console."
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL (SQLite or PostgreSQL with psycopg); empty: SQLite in `data_dir`."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much the logs say.")
    timezone: str = Field("Africa/Nairobi", description="The centre's local time, for hours and for what people see.")

    prefixes: list[str] = Field(
        ["1919", "0800221919"], description="The toll-free prefixes; each may be followed by a two-digit agency code."
    )
    bind_address: str = Field(
        "127.0.0.1", description="Address that SIP, RTP and the browser phones' socket listen on."
    )
    external_address: str = Field(
        "", description="The address at which the trunk reaches a centre behind NAT; empty: `bind_address` itself."
    )
    local_networks: list[str] = Field(
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8"],
        description="Networks on this side of the NAT; `external_address` is not told to them.",
    )
    sip_port: Port = Field(5060, description="SIP over UDP, for the trunk.")
    sip_tls_port: int = Field(0, ge=0, le=65535, description="SIP over TLS, for the trunk; 0: off.")
    tls_certificate: Path | None = Field(None, description="PEM certificate for SIP over TLS.")
    tls_key: Path | None = Field(None, description="PEM private key for SIP over TLS.")
    rtp_first_port: Port = Field(16000, description="First UDP port for audio.")
    rtp_last_port: Port = Field(17999, description="Last UDP port for audio.")
    trunk_host: str = Field(
        "127.0.0.1", description="The telephone company's address; calls from elsewhere are refused."
    )
    trunk_port: Port = Field(5070, description="The telephone company's SIP port.")
    agent_seats: int = Field(60, ge=1, le=2000, description="How many agent endpoints Asterisk is configured with.")
    web_seats: int = Field(10, ge=0, le=500, description="How many citizens may call from the web page at once.")
    asterisk_program: Path | None = Field(
        None, description="An Asterisk to use; empty: found, or unpacked without root."
    )
    asterisk_http_port: Port = Field(8088, description="Asterisk's websocket for browser phones.")
    asterisk_websocket_url: str = Field(
        "",
        description="The websocket as browsers reach it (wss:// behind a proxy); empty: ws://HOST:asterisk_http_port/ws.",
    )
    ice_servers: list[str] = Field([], description="STUN and TURN URLs for browser phones behind firewalls.")
    manager_port: Port = Field(5038, description="AMI, on loopback only.")
    fastagi_port: Port = Field(4573, description="Where `python -m ivr` accepts AGI, on loopback only.")
    carrier_sip_port: Port = Field(5070, description="SIP port of the demonstration's telephone company.")
    carrier_manager_port: Port = Field(5039, description="AMI port of the demonstration's telephone company.")

    console_host: str = Field("127.0.0.1", description="Address the console listens on.")
    console_port: Port = Field(8080, description="Port the console listens on.")
    session_hours: int = Field(12, ge=1, description="How long a sign-in lasts at most (h).")
    secure_cookies: bool = Field(False, description="Send the session cookie over https only; production needs it.")

    frozen_s: float = Field(
        10, ge=2, description="A program that shows no life for so long is killed and started anew (s)."
    )
    router: Literal["embedded", "apart"] = Field(
        "embedded",
        description="`embedded`: the console routes too; `apart`: `python -m queue_manager` does, and consoles ask it.",
    )
    safety_net_s: int = Field(
        30,
        ge=0,
        description="How long a caller has waited before, with no router alive, Asterisk's own queue takes over (s).",
    )
    regain_place_s: int = Field(
        600,
        ge=0,
        le=86_400,
        description="A caller cut off while waiting who calls again within this time has the place back (s); 0: never.",
    )
    rejoin_s: int = Field(
        20, ge=0, description="How long a lost agent is redialled before the caller goes back in line (s)."
    )
    ring_s: int = Field(15, ge=3, description="How long an agent's phone rings where the queue does not say (s).")
    music_slice_s: int = Field(20, ge=2, description="Music between two announcements of the place in line (s).")
    missed_offers_pause: int = Field(1, ge=1, description="Missed offers in a row before an agent is paused.")
    menu: Path = Field(PROJECT_ROOT / "ivr" / "menus" / "main.yaml", description="The menu callers hear.")
    routing: Path = Field(PROJECT_ROOT / "queue_manager" / "routing.yaml", description="Queues and their rules.")
    opens: str = Field(
        "07:00", description="When agents begin (local time); `huduma up` in demonstration ignores hours."
    )
    closes: str = Field("21:00", description="When agents stop (local time).")
    ignore_hours: bool = Field(True, description="Treat the centre as always open (demonstration only).")
    closed_callbacks: bool = Field(
        True, description="Outside opening hours, who wants a person may ask to be called back."
    )
    studio_dir: Path = Field(
        HOME / "studio", description="Studio recordings, `LANG/ID.wav`; used before any synthesised prompt."
    )
    piper_voice_sw: Path | None = Field(None, description="A Piper voice (.onnx) for Kiswahili; empty: espeak-ng.")
    speech: Literal["ctc", "vosk", "vosk-server", "keys"] = Field(
        "ctc",
        description="Who understands words: `ctc`, our own model; `vosk` or `vosk-server`, the models or servers "
        "below, and our own where there is none; `keys`: nobody. Keys always work.",
    )
    vosk_model_en: Path | None = Field(None, description="Directory of an unpacked Vosk model for English.")
    vosk_model_sw: Path | None = Field(None, description="The same for Kiswahili, should there ever be one.")
    vosk_servers_en: list[str] = Field([], description="Addresses of vosk-servers for English, such as ws://host:2700.")
    vosk_servers_sw: list[str] = Field([], description="The same for Kiswahili.")
    speech_streams: int = Field(
        40, ge=0, description="So many callers are listened to at once; whoever comes then has the keys."
    )
    recording: bool = Field(True, description="Record connected calls after a spoken notice.")
    survey: bool = Field(False, description="After a call, ask the citizen for one key from 1 to 5: how did it go.")
    utterances_days: int = Field(
        30,
        ge=0,
        le=365,
        description="So long words that were not understood are kept to be labelled, of callers who were told of the "
        "recording and did not refuse (days); 0: none are kept.",
    )
    session_secret: str = Field("", description="Signs cookies; empty: made once and kept in `secrets.json`.")
    manager_secret: str = Field("", description="AMI secret; empty: made once and kept in `secrets.json`.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of authority: arguments, environment, the file named by HUDUMA_CONFIG (or `huduma.toml` in HOME)."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=settings_file())

    @field_validator("data_dir", "cache_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("prefixes")
    @classmethod
    def _only_digits(cls, value: list[str]) -> list[str]:
        if not value or not all(p.isascii() and p.isdigit() and 2 <= len(p) <= 15 for p in value):
            raise ValueError("each prefix is 2 to 15 digits, and there is at least one")
        return value

    @field_validator("vosk_servers_en", "vosk_servers_sw")
    @classmethod
    def _websockets(cls, value: list[str]) -> list[str]:
        if not all(address.startswith(("ws://", "wss://")) for address in value):
            raise ValueError("a server's address begins with ws:// or wss://")
        return value

    @field_validator("opens", "closes")
    @classmethod
    def _local_time(cls, value: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value, re.ASCII):
            raise ValueError("a local time such as 07:00 is needed")
        return value

    @field_validator("closes")
    @classmethod
    def _closes_after_opening(cls, value: str, others: ValidationInfo) -> str:
        if value <= others.data.get("opens", ""):
            raise ValueError("it must be later than opens")
        return value

    @field_validator("rtp_last_port")
    @classmethod
    def _a_range(cls, value: int, others: ValidationInfo) -> int:
        if value <= others.data.get("rtp_first_port", 0):
            raise ValueError("it must be above rtp_first_port")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("not a time zone of the IANA database, such as Africa/Nairobi") from error
        return value

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'huduma.db'}"

    @property
    def eagi_socket(self) -> Path:
        """Where the IVR takes calls that it is to hear: in `data_dir`, or elsewhere when that path is too long."""
        wanted = self.data_dir / "run" / "ivr.sock"
        if len(os.fsencode(wanted)) <= SOCKET_PATH_MAX:
            return wanted
        short = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"huduma-{os.getuid()}-{short}" / "ivr.sock"

    @property
    def utterances_dir(self) -> Path:
        """Where words that were not understood are kept for `utterances_days`."""
        return self.data_dir / "utterances"

    @property
    def web_dir(self) -> Path:
        """Where the console's pages are built: among their sources, or in `cache_dir` for an installed package."""
        return PROJECT_ROOT / "agent_console" / "web" if IN_CHECKOUT else self.cache_dir / "web"

    @property
    def console_url(self) -> str:
        """Where the console is, as this machine reaches it."""
        host = "127.0.0.1" if self.console_host in {"0.0.0.0", "::"} else self.console_host  # noqa: S104
        return f"http://{host}:{self.console_port}"

    @property
    def zone(self) -> ZoneInfo:
        """The centre's time zone."""
        return ZoneInfo(self.timezone)

    @cached_property
    def secrets(self) -> dict[str, str]:
        """This installation's secrets by name (`manager`, `session`, `carrier`, `supervisor`): made once."""
        path = self.data_dir / "secrets.json"
        made = _secrets_in(path)
        missing = {"manager", "session", "carrier", "supervisor"} - made.keys()
        if missing:
            made |= {name: random_secrets.token_urlsafe(32) for name in missing}
            self.data_dir.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f"secrets.{os.getpid()}.new")
            with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
                json.dump(made, file)
            draft.replace(path)
        return made | {
            name: value for name, value in (("manager", self.manager_secret), ("session", self.session_secret)) if value
        }

    def refuse_unsafe_production(self) -> None:
        """Raise `SettingsMistake` when production would run with a guessable secret or without its safeguards."""
        if self.mode != "production":
            return
        chosen = {name: getattr(self, name) for name in ("session_secret", "manager_secret")}
        kept = {f"{name} in secrets.json": value for name, value in _secrets_in(self.data_dir / "secrets.json").items()}
        for name, value in (chosen | kept).items():
            if value and is_guessable(value):
                raise SettingsMistake(f"{name} is too easy to guess: use 16 characters or more, or leave it empty")
        try:
            url = make_url(self.url)
        except ArgumentError:
            url = None  # whoever connects says so
        if url is not None and url.password and is_default_password(str(url.password), url.username or ""):
            raise SettingsMistake("database_url: its password is too easy to guess")
        if self.ignore_hours:
            raise SettingsMistake("ignore_hours must be false in production: the line has opening hours")
        if not self.secure_cookies:
            raise SettingsMistake("secure_cookies must be true in production: put the console behind https")


def _secrets_in(path: Path) -> dict[str, str]:
    """The secrets that were made before; none when there is no such file.

    Raises:
        FileMistake: it is not what was written there.
    """
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise FileMistake(path, None, f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise FileMistake(path, line, "this is not JSON: put the copy back, or remove it") from error
    if not isinstance(found, dict) or not all(isinstance(value, str) and value for value in found.values()):
        raise FileMistake(path, None, "a secret for each name is needed: put the copy back, or remove the file")
    return found


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """Read the settings once for this process.

    Raises:
        FileMistake: the file is no TOML, or a setting in it is wrong: file, line and reason.
        SettingsMistake: a variable of the environment is wrong, or production would run unsafely.
    """
    path, known = settings_file(), Settings.model_fields
    if os.environ.get("HUDUMA_CONFIG") and not path.exists():
        raise SettingsMistake(f"HUDUMA_CONFIG: there is no file {path}")
    if (unknown := settings_mistakes.unknown_variable(os.environ, known)) is not None:
        raise unknown
    try:
        settings = Settings()
    except ValidationError as error:
        raise settings_mistakes.in_words(error, path, os.environ, known) from error
    except SettingsError as error:
        field = re.search(r'"(\w+)"', str(error))
        raise settings_mistakes.not_json(field[1] if field else "settings", os.environ) from error
    except ValueError as error:
        raise settings_mistakes.not_toml(error, path) from error
    except OSError as error:
        raise FileMistake(path, None, (error.strerror or str(error)).lower()) from error
    settings.refuse_unsafe_production()
    return settings
