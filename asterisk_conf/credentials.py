"""P. What a phone signs in with: an entry in Asterisk's own database, read live, without a reload.

`sorcery.conf` keeps `auth` objects in astdb (`auth=astdb,ps_auth`). Making one lets an endpoint in, changing it refuses
the old password at once; without one the lock in pjsip.conf holds, whose password nobody knows. Each function gives
AMI actions (header -> value) for the link to send in order; all need `write=system,call` and nothing else.
"""

from __future__ import annotations

import json
import re

from contact_centre.model import Language

AUTH_FAMILY = "ps_auth/auth"
CONTACT_FAMILY = "registrar/contact"
WEB_LANGUAGE = "web_language"
"""Family of the language in which a citizen's page is read, by its seat: the line begins in it."""
ENDPOINT = re.compile(r"(agent-\d{3,4}|web-\d{2,3})")
PASSWORD = re.compile(r"[A-Za-z0-9_-]{16,128}")

Action = dict[str, str]


def agent_endpoint(seat: int) -> str:
    """Name of an agent's endpoint by seat, counted from 1: `agent-007`."""
    return f"agent-{seat:03d}"


def web_endpoint(seat: int) -> str:
    """Name of a citizen's page endpoint by seat, counted from 1: `web-07`."""
    return f"web-{seat:02d}"


def auth_entry(endpoint: str, password: str) -> tuple[str, str, str]:
    """Family, key and value (JSON) that let `endpoint` sign in with its own name and `password`.

    Raises:
        ValueError: not an endpoint of ours, or not 16 to 128 URL-safe characters (`secrets.token_urlsafe(24)`).
    """
    if not ENDPOINT.fullmatch(endpoint):
        raise ValueError("not the name of an endpoint")
    if not PASSWORD.fullmatch(password):
        raise ValueError("a phone's password is 16 to 128 letters, digits, - or _")
    value = json.dumps({"auth_type": "userpass", "username": endpoint, "password": password}, separators=(",", ":"))
    return AUTH_FAMILY, endpoint, value


def let_in(endpoint: str, password: str) -> list[Action]:
    """Actions at sign-in; sent again with another password, the old one is refused from then on."""
    family, key, value = auth_entry(endpoint, password)
    return [{"Action": "DBPut", "Family": family, "Key": key, "Val": value}]


def speak_with(endpoint: str, language: Language) -> list[Action]:
    """Actions before a citizen's page calls: the line reads the language when the call comes."""
    if not ENDPOINT.fullmatch(endpoint):
        raise ValueError("not the name of an endpoint")
    return [{"Action": "DBPut", "Family": WEB_LANGUAGE, "Key": endpoint, "Val": language}]


def shut_out(endpoint: str) -> list[Action]:
    """Actions at sign-out: no credentials, no registered address, no call.

    A registered address is kept under `ENDPOINT;@HASH`, and `DBDelTree` matches with SQL's LIKE: hence the `%`. An
    action that finds nothing to delete or hang up answers with an error, and that is well.
    """
    if not ENDPOINT.fullmatch(endpoint):
        raise ValueError("not the name of an endpoint")
    return [
        {"Action": "DBDel", "Family": AUTH_FAMILY, "Key": endpoint},
        {"Action": "DBDelTree", "Family": CONTACT_FAMILY, "Key": f"{endpoint};@%"},
        {"Action": "Hangup", "Channel": f"/^PJSIP/{endpoint}-[0-9a-f]+$/", "Cause": "16"},
    ]
