"""Who may sign in with what."""

from __future__ import annotations

import json

import pytest

from asterisk_conf.credentials import agent_endpoint, auth_entry, let_in, shut_out, web_endpoint


def test_an_entry_is_json_under_the_endpoints_name() -> None:
    family, key, value = auth_entry("agent-007", "p" * 32)
    assert (family, key) == ("ps_auth/auth", "agent-007")
    assert json.loads(value) == {"auth_type": "userpass", "username": "agent-007", "password": "p" * 32}
    assert "\n" not in value


def test_signing_out_takes_all_three_away() -> None:
    assert [action["Action"] for action in shut_out("web-03")] == ["DBDel", "DBDelTree", "Hangup"]


def test_seats_have_names() -> None:
    assert (agent_endpoint(7), agent_endpoint(1234), web_endpoint(3)) == ("agent-007", "agent-1234", "web-03")


@pytest.mark.parametrize(
    "endpoint", ["", "trunk", "agent-7", "agent-007\r\nAction: x", "agent-%", "agent-007/..", "/.*/"]
)
def test_no_other_name_gets_into_an_action(endpoint: str) -> None:
    with pytest.raises(ValueError, match="endpoint"):
        let_in(endpoint, "p" * 32)
    with pytest.raises(ValueError, match="endpoint"):
        shut_out(endpoint)


@pytest.mark.parametrize(
    "password", ["", "short", "p" * 129, "pppppppppppppppp\r\n", 'pppppppppppppppp"', "ppppppppppppp;ppp"]
)
def test_no_other_password_does(password: str) -> None:
    with pytest.raises(ValueError, match="password"):
        let_in("agent-007", password)
