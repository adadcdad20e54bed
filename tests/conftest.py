"""What every test may ask for, and which of them give way to others."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from agent_console import auth
from contact_centre.settings import load_settings
from operations.console_build import build_console

settings.register_profile("side by side", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("side by side")  # how long an example takes says how busy the machine is

auth._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # quick, where no secret is kept

pytest_plugins = ["running_asterisk", "databases", "console_house", "running_house", "desk"]

COMPUTES = {"unit", "property", "contract"}
"""Folders of tests that need no clock; elsewhere such tests are marked `gives_way`."""
POLITE = 10
"""How they give way to tests beside them that hear and see a house at work, in real time (nice)."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let tests that only compute, and what they start, give way. Who is not root could not take it back."""
    if os.geteuid() == 0:
        gives_way = item.path.parent.name in COMPUTES or item.get_closest_marker("gives_way")
        os.setpriority(os.PRIO_PROCESS, 0, POLITE if gives_way else 0)
    return (yield)


@pytest.fixture(autouse=True)
def settings_of_this_test() -> None:
    """Settings are read once for a process; each test has its own environment."""
    load_settings.cache_clear()


@pytest.fixture(scope="session")
def built_pages() -> None:
    """The console's pages as their sources are now: a browser that tests yesterday's pages proves nothing."""
    build_console(load_settings().cache_dir, lambda _: None)
