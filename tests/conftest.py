"""What every test may ask for."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from contact_centre.settings import load_settings
from operations.console_build import build_console

settings.register_profile("side by side", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("side by side")  # how long an example takes says how busy the machine is

pytest_plugins = ["running_asterisk", "databases", "console_house", "running_house", "desk"]


@pytest.fixture(autouse=True)
def settings_of_this_test() -> None:
    """Settings are read once for a process; each test has its own environment."""
    load_settings.cache_clear()


@pytest.fixture(scope="session")
def built_pages() -> None:
    """The console's pages as their sources are now: a browser that tests yesterday's pages proves nothing."""
    build_console(load_settings().cache_dir, lambda _: None)
