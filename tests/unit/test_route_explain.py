"""Why this agent: told from the facts alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from router_drill import RULES, START, Drill

from contact_centre.cli import main
from contact_centre.database import connect
from contact_centre.facts import Fact
from contact_centre.journal import Journal, Recorded
from contact_centre.migrate import migrate
from contact_centre.settings import PROJECT_ROOT, Settings
from queue_manager.explanations import explanations
from queue_manager.route_commands import told
from queue_manager.rules import Overflow, Routing
from queue_manager.steps import Step

EN = {"language:en": 3}
TRAVEL = "agency:immigration"
NAMES = {1: "Achieng", 2: "Barasa"}


def story() -> list[Fact]:
    """A call that nobody could take at first, that flowed over, was missed once, and answered."""
    rules = replace(RULES, routing={"travel": Routing(steps=(Step(30, "agency"),)),
                                    "general": Routing(overflow=Overflow(60, "travel"))})  # fmt: skip
    drill = Drill({1: EN, 2: EN}, rules)
    drill.waits("a", TRAVEL, "agency:kra", queue="general")
    drill.pass_time(60)
    drill.ready(1)
    drill.fails("a")
    drill.ready(2)
    drill.answers("a")
    drill.leaves("a")
    return [fact for fact in drill.facts() if fact.call_id == "a"]


def recorded(facts: list[Fact]) -> list[Recorded]:
    return [Recorded(position, fact) for position, fact in enumerate(facts, start=1)]


def test_each_offer_says_how_it_ended_and_who_could_have_had_the_call() -> None:
    first, second = explanations(recorded(story()))
    assert (first.agent_id, first.ended, first.decided_by) == (1, "no_answer", "only_one")
    assert (second.agent_id, second.ended, second.place, second.waiting) == (2, "answered", 1, 1)
    assert second.stages[0].needs == ("language:en",), "after the overflow the language is all that is required"


def test_the_story_is_told_in_lines() -> None:
    text = "\n".join(told(recorded(story()), NAMES))
    for expected in (
        "waits in general, needs agency:immigration, agency:kra, language:en, priority 0",
        "flows over from general to travel: waited long enough",
        "offered to Achieng: the only ready agent who could take it",
        "at first: language:en -> Achieng",
        "ended: no answer",
        "offered to Barasa",
        "ended: answered",
    ):
        assert expected in text


def test_an_offer_of_before_explanations_were_kept_is_still_told() -> None:
    facts = [
        Fact(fact.kind, fact.occurred_at, fact.call_id, fact.agent_id,
             {key: value for key, value in fact.payload.items() if key != "why"})
        for fact in story()
    ]  # fmt: skip
    assert [one.stages for one in explanations(recorded(facts))] == [(), ()]
    assert any("offered to Achieng" in line for line in told(recorded(facts), NAMES))


def test_the_command_explains_a_call_of_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    migrate(url)
    monkeypatch.setattr("queue_manager.route_commands.load_settings", lambda: Settings(database_url=url))
    monkeypatch.chdir(PROJECT_ROOT)
    Journal(connect(url), tmp_path / "spool").append(*story())
    assert main(["route", "explain", "a"]) == 0
    assert "offered to agent 1" in capsys.readouterr().out
    assert main(["route", "explain", "nonsense"]) == 1
    assert "no such call" in capsys.readouterr().err
    assert main(["route", "check"]) == 0
    assert "7 queues" in capsys.readouterr().out


def test_instants_are_kept() -> None:
    assert explanations(recorded(story()))[0].at == START + timedelta(seconds=60)
