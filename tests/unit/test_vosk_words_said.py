"""Which model the calls to Vosk are made with: an English one wherever there is any."""

from __future__ import annotations

from pathlib import Path

import pytest
from ivr_menus import real_menu
from vosk_korean import KOREAN
from vosk_words_said import said_to_vosk

from contact_centre.settings import load_settings
from ivr.nodes import Choice
from operations.models import MODELS


def test_an_english_model_is_taken_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUDUMA_TEST_VOSK_EN", raising=False)
    monkeypatch.setenv("HUDUMA_CACHE_DIR", str(tmp_path))
    load_settings.cache_clear()
    assert said_to_vosk().model == KOREAN
    fetched = tmp_path / "models" / MODELS[1].name
    fetched.mkdir(parents=True)
    assert said_to_vosk().model == fetched
    monkeypatch.setenv("HUDUMA_TEST_VOSK_EN", str(tmp_path / "mine"))
    said = said_to_vosk()
    assert said.model == tmp_path / "mine"
    main = real_menu().nodes["main"]
    assert isinstance(main, Choice)
    for word, node in said.entries:
        assert any(word in option.phrases["en"] and option.to == node for option in main.options)
        assert len(said.say(word)) > 1000
