"""The words behind each prompt's file, so that a person can read what is being played."""

from __future__ import annotations

from datetime import datetime

from citizen_services.catalogue_file import load_catalogue
from contact_centre.settings import Settings
from ivr.menu_file import load_menu
from ivr.prompts import answer_parts, digest
from ivr.speaking import spoken
from ivr.synthesis import voices
from ivr.turns import Spoken


def words(settings: Settings) -> dict[str, str]:
    """`LANGUAGE/FILE` -> what it says, for the fixed prompts and for what the catalogue says today.

    Raises:
        FileMistake: the menu or the catalogue has a mistake.
        SetupFailed: a voice is missing.
    """
    catalogue = load_catalogue()
    menu = load_menu(settings.menu, catalogue, settings.opens, settings.closes)
    known = {f"{language}/{id_}": said for id_, text in menu.prompts.items() for language, said in text.items()}
    speaking = voices(settings)
    for part in answer_parts(catalogue, datetime.now(settings.zone).date()):
        if isinstance(part, Spoken):
            key = digest(speaking[part.language].name, spoken(part.text, part.language))
            known[f"{part.language}/said-{key}"] = part.text
    for voice in speaking.values():
        voice.close()
    return known
