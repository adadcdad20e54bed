"""The menu that the house ships with, for tests of the dialogue."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from citizen_services.catalogue_file import load_catalogue
from contact_centre.settings import PROJECT_ROOT
from ivr.menu_file import load_menu
from ivr.nodes import Menu

MENU_FILE = PROJECT_ROOT / "ivr" / "menus" / "main.yaml"
TODAY = date(2026, 11, 23)


@lru_cache(maxsize=1)
def real_menu() -> Menu:
    """The menu that the house ships with."""
    return load_menu(MENU_FILE, load_catalogue())
