"""Why this agent: told from the facts alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from router_drill import RULES, START, Drill

from agent_console.call_cards import offers_explained
from contact_centre.cli import main
from contact_centre.database import connect, read_scope, session_scope
from contact_centre.facts import Fact, Kind
from contact_centre.journal import Journal, Recorded
from contact_centre.migrate import migrate
from contact_centre.settings import PROJECT_ROOT, Settings
from contact_centre.tables import AgentRow
from queue_manager import events as e
from queue_manager.explanations import explanations
from queue_manager.matching import DecidedBy
from queue_manager.route_commands import DECIDED_BY, told
from queue_manager.rules import LastAgent, Overflow, Routing
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


def test_an_agent_who_just_missed_it_is_named_as_such_and_not_as_able() -> None:
    drill = Drill({1: EN, 2: EN}, replace(RULES, missed_offers_pause=2))
    drill.ready(1)
    drill.waits("a")
    drill.fails("a")
    drill.ready(2)
    facts = recorded([fact for fact in drill.facts() if fact.call_id == "a"])
    first, second = explanations(facts)
    assert (first.passed_over, [stage.agents for stage in first.stages]) == ((), [(1,)])
    assert (second.passed_over, [(stage.ready, stage.agents) for stage in second.stages]) == ((1,), [(1, (2,))])
    assert any("not asked again yet: Achieng" in line for line in told(facts, NAMES))


def test_for_whom_alone_a_call_waited_is_told() -> None:
    drill = Drill({1: EN, 2: EN}, replace(RULES, routing={"general": Routing(last_agent=LastAgent(10, 3600))}))
    drill.ready(1, 2)
    wish = e.Wish("en", "general", frozenset(EN), waiting_since=drill.now, last_agent=(2, drill.now))
    drill.hear(e.CallWaiting("a", "PJSIP/trunk-a", "u-a", wish))
    facts = recorded([fact for fact in drill.facts() if fact.call_id == "a"])
    assert (explanations(facts)[0].held_for, explanations(facts)[0].decided_by) == (2, "preferred")
    text = "\n".join(told(facts, NAMES))
    assert "it waited for Barasa alone" in text
    assert "offered to Barasa: the caller's last agent" in text


@pytest.mark.parametrize(
    ("kind", "agent_id", "payload", "line"),
    [
        (Kind.TRANSFER_ASKED, 1, {"how": "cold", "to_agent": 2}, "Achieng hands it on to Barasa"),
        (Kind.TRANSFER_ASKED, 1, {"how": "cold", "queue": "travel"}, "Achieng hands it on to the line of travel"),
        (Kind.TRANSFER_ASKED, 1, {"how": "warm", "to_agent": 2}, "Achieng asks Barasa to join"),
        (Kind.TRANSFER_JOINED, 1, {}, "Achieng, the citizen and the colleague hear each other"),
        (Kind.TRANSFER_COMPLETED, 2, {"from_agent": 1}, "Barasa has the call now, from Achieng"),
        (Kind.TRANSFER_FAILED, 2, {"reason": "no_answer"}, "the transfer to Barasa came to nothing: no answer"),
        (Kind.CITIZEN_DIALLED, 1, {"offer_id": "o", "queue": "travel"}, "called by Achieng, for travel"),
        (Kind.CITIZEN_NOT_REACHED, 1, {"reason": "no_answer"}, "not reached: no answer"),
        (Kind.CALL_CONNECTED, 1, {"offer_id": "o", "outbound": True}, "Achieng without an offer: the agent's own call"),
        (Kind.CALL_CONNECTED, 1, {"offer_id": "net-1"}, "Achieng without an offer: Asterisk's own queue"),
    ],
)
def test_what_no_offer_explains_is_told_too(kind: Kind, agent_id: int, payload: dict[str, object], line: str) -> None:
    assert line in told(recorded([Fact(kind, START, "a", agent_id, payload)]), NAMES)[0]


def test_an_offer_of_asterisks_own_queue_is_told_by_its_name() -> None:
    payload = {"offer_id": "net-1", "queue": "general", "eligible": [1], "decided_by": "safety_net"}
    facts = [Fact(Kind.CALL_OFFERED, START, "a", 1, payload), Fact(Kind.CALL_CONNECTED, START, "a", 1, payload)]
    lines = told(recorded(facts), NAMES)
    assert lines[0].endswith("offered to Achieng: Asterisk's own queue, while no router lived")
    assert not [line for line in lines if "without an offer" in line]


def test_every_way_of_deciding_has_its_words_here_and_on_the_page() -> None:
    ways = {*get_args(DecidedBy), "safety_net"}
    assert DECIDED_BY.keys() == ways
    for language in ("en", "sw"):
        words = (PROJECT_ROOT / "agent_console" / "web" / "src" / "words" / f"{language}.ts").read_text()
        decided = re.search(r"decided: \{(.*?)\}", words)
        assert decided is not None
        assert set(re.findall(r"(\w+): '", decided[1])) == ways


def test_the_calls_page_is_given_the_names_of_whom_it_waited_for_and_who_had_missed_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    migrate(url)
    drill = Drill({1: EN, 2: EN}, replace(RULES, routing={"general": Routing(last_agent=LastAgent(30, 3600))}))
    drill.ready(1, 2)
    wish = e.Wish("en", "general", frozenset(EN), waiting_since=drill.now, last_agent=(2, drill.now))
    drill.hear(e.CallWaiting("a", "PJSIP/trunk-a", "u-a", wish))
    drill.fails("a")
    engine = connect(url)
    with session_scope(engine) as session:
        session.add_all(AgentRow(id=id_, extension=f"agent-{id_:03d}", name=name) for id_, name in NAMES.items())
    Journal(engine, tmp_path / "spool").append(*(fact for fact in drill.facts() if fact.call_id == "a"))
    with read_scope(engine) as session:
        first, second = offers_explained(session, "a")
    assert (first.decided_by, first.held_for, first.passed_over) == ("preferred", "Barasa", [])
    assert (second.decided_by, second.held_for, second.passed_over) == ("only_one", None, ["Barasa"])
    assert [stage.agents for stage in second.stages] == [["Achieng"]]
