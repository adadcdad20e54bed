"""What the supervisor's board says: who could take a queue's calls, told waits, callbacks."""

from __future__ import annotations

from datetime import timedelta

from router_drill import RULES, START

from agent_console.board import board, queue_needs
from agent_console.today import Today
from citizen_services.catalogue_file import load_catalogue
from contact_centre.facts import Fact, Kind, Recorded
from contact_centre.model import Agent, Queue
from contact_centre.settings import Settings
from contact_centre.states import AgentState, CallState
from queue_manager.routing_file import read_routing
from queue_manager.rules import Routing, Rules
from queue_manager.steps import fits
from queue_manager.view import AgentView, CallView, View


def test_ready_counts_who_could_take_a_new_call_of_the_queue() -> None:
    settings, catalogue = Settings(), load_catalogue()
    rules = read_routing(settings.routing)
    needs = queue_needs(rules, catalogue)
    both = {"language:en": 3, "language:sw": 3}
    skills = {
        1: both | {"agency:immigration": 3},  # of travel
        2: {"language:sw": 3, "agency:immigration": 2, "agency:kra": 3},  # of travel, and of taxes and business
        3: both,  # no agency: general enquiries alone
        4: {"agency:immigration": 5},  # speaks neither language
        5: both | {"agency:immigration": 5},  # on a call
        6: both | {"agency:immigration": 5},  # ready, the phone is off
    }
    people = {n: Agent(n, f"agent-{n:03d}", f"Agent {n}", of) for n, of in skills.items()}

    def live(n: int) -> AgentView:
        state = AgentState.ON_CALL if n == 5 else AgentState.READY
        return AgentView(n, people[n].extension, state, START, *(None,) * 5, phone_registered=n != 6)

    def ready(*ids: int) -> dict[str, int]:
        view = View(START, True, (), tuple(map(live, ids)))
        shown = board(view, Today(rules.queues), rules.queues, people, needs, database=True, emergency=False)
        return {row.name: row.agents_ready for row in shown.queues if row.agents_ready}

    assert ready(*people) == {"general": 3, "travel": 2, "taxes-business": 1}
    assert ready(3, 4, 5, 6) == {"general": 1}, "somebody waits for travel, and nobody is ready for it"
    assert ready() == {}


def test_a_least_level_of_the_queue_is_asked_of_who_is_counted_as_ready() -> None:
    travel = Queue("travel", {"en": "travel", "sw": "travel"}, ("immigration",))
    levels = Routing(levels=frozenset({("agency", 3)}))
    rules = Rules(RULES.queues | {"travel": travel}, routing={"travel": levels})
    needs = queue_needs(rules, load_catalogue())["travel"]
    assert not any(fits({"language:en": 1, "agency:immigration": 2}, need) for need in needs)
    assert any(fits({"language:en": 1, "agency:immigration": 3}, need) for need in needs)


def test_the_board_tells_how_many_told_waits_came_true() -> None:
    today = Today(RULES.queues)

    def told() -> tuple[int, float | None]:
        whole = board(View(START, True, (), ()), today, RULES.queues, {}, {}, database=True, emergency=False)
        assert whole.house.waits_formula.keys() == {"en", "sw"}
        return whole.house.waits_told, whole.house.waits_kept

    assert told() == (0, None)
    position = 0
    for call, took_s in (("a", 30), ("b", 99), ("c", 31), ("d", 45)):
        for kind, after_s, payload in (
            (Kind.CALL_WAITING, 0, {"queue": "general"}),
            (Kind.WAIT_PROMISED, 0, {"low_s": 20, "high_s": 50}),
            (Kind.CALL_CONNECTED, took_s, {"offer_id": call}),
        ):
            position += 1
            agent = 1 if kind is Kind.CALL_CONNECTED else None
            today.add([Recorded(position, Fact(kind, START + timedelta(seconds=after_s), call, agent, payload))])
    assert told() == (4, 0.75)


def test_the_board_tells_of_callbacks_waiting_done_and_failed() -> None:
    today = Today(RULES.queues)
    kinds = [
        (Kind.CALLBACK_OFFERED, {}), (Kind.CALLBACK_ASKED, {"queue": "general"}), (Kind.CALLBACK_DIALLED, {}),
        (Kind.CALLBACK_FAILED, {"next_at": "later"}), (Kind.CALLBACK_DIALLED, {}), (Kind.CALLBACK_REACHED, {}),
        (Kind.CALLBACK_ASKED, {"queue": "general"}), (Kind.CALLBACK_FAILED, {"reason": "expired"}),
    ]  # fmt: skip
    today.add(Recorded(n, Fact(kind, START, "a", None, payload)) for n, (kind, payload) in enumerate(kinds, start=1))
    away = CallView("a", CallState.CALLBACK, START, "general", START, *(None,) * 6)
    told = board(View(START, True, (away,), ()), today, RULES.queues, {}, {}, database=True, emergency=False)
    assert told.callbacks.model_dump() == {
        "waiting": 1, "oldest_since": START, "offered": 1, "asked": 2, "attempts": 2, "reached": 1, "failed": 1,
    }  # fmt: skip
    assert told.calls == []
    assert told.queues[0].waiting == 0, "who is on the line"


def test_a_callback_is_neither_answered_nor_abandoned_and_its_work_is_work() -> None:
    today = Today(RULES.queues)
    happened = [
        (Kind.CALL_WAITING, 0, {"queue": "general"}), (Kind.CALLBACK_ASKED, 60, {"queue": "general"}),
        (Kind.CALLBACK_DIALLED, 600, {}), (Kind.CALLBACK_REACHED, 620, {"queue": "general"}),
        (Kind.CALL_CONNECTED, 640, {"offer_id": "o"}), (Kind.CALL_ENDED, 740, {"by": "caller"}),
    ]  # fmt: skip
    for n, (kind, after_s, payload) in enumerate(happened, start=1):
        today.add([Recorded(n, Fact(kind, START + timedelta(seconds=after_s), "a", None, payload))])
    day = today.queue("general")
    assert (day.offered, day.flowed_out, day.answered, day.abandoned) == (1, 1, 0, 0)
    assert (day.handled, day.talk_s) == (1, 100)
