"""P. The supervisor's board and an agent's own line, from the router's view and today's numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from agent_console.messages import AgentRowView, AgentView, Board, Callbacks, House, QueueRow, WaitingRow
from agent_console.speech_line import speech
from agent_console.today import AgentDay, Today
from citizen_services.catalogue import Catalogue
from contact_centre.model import LANGUAGES, Agent, Language, Queue, agency_skill, language_skill
from contact_centre.states import AgentState, CallState
from queue_manager import kept_promises, surveys
from queue_manager.rules import Rules
from queue_manager.service_level import SERVICE_LEVEL, SERVICE_LEVEL_FORMULA_SW
from queue_manager.steps import Need, fits, ladder
from queue_manager.view import AgentView as LiveAgent
from queue_manager.view import CallView, View

IN_LINE = (CallState.WAITING, CallState.OFFERED)
TALKING = (CallState.CONNECTED, CallState.HELD, CallState.REJOINING, CallState.TRANSFERRING)


def my_line(live: LiveAgent, name: str, day: AgentDay) -> AgentView:
    """What an agent sees of themselves."""
    return AgentView(
        agent_id=live.id,
        name=name,
        extension=live.endpoint,
        state=live.state,
        since=live.since,
        reason=live.reason,
        pending_pause=live.pause_next,
        phone_registered=live.phone_registered,
        wrap_up_until=live.wrap_up_until,
        help_since=live.help_since,
        not_reached=live.not_reached,
        answered_today=day.answered,
        missed_today=day.missed,
        handling_today_s=day.average_s,
    )


def board(
    view: View,
    today: Today,
    queues: Mapping[str, Queue],
    people: Mapping[int, Agent],
    needs: Mapping[str, Sequence[Need]],
    *,
    database: bool,
    emergency: bool,
    survey: bool = False,
    listening: Sequence[Mapping[str, Any]] = (),
) -> Board:
    """The whole board. `needs`: `queue_needs`; `listening`: the reports of the IVR's processes that run."""
    by_queue: dict[str, list[CallView]] = {name: [] for name in queues}
    for call in view.calls:
        if call.queue is not None:
            by_queue.setdefault(call.queue, []).append(call)
    queue_of_call = {call.id: call.queue for call in view.calls}
    ready = _ready(view, people, needs)
    return Board(
        queues=[_queue_row(queue, by_queue[name], today, ready[name]) for name, queue in queues.items()],
        agents=[
            _agent_row(live, people.get(live.id), today, queue_of_call.get(live.call_id or ""))
            for live in sorted(view.agents, key=lambda a: a.endpoint)
            if live.id in people
        ],
        calls=sorted(
            (_waiting_row(call, view.at) for call in view.calls if call.state in (*IN_LINE, *TALKING)),
            key=lambda row: (row.state not in IN_LINE, row.waiting_since),
        ),
        house=House(
            asterisk=view.link_up,
            database=database,
            emergency=emergency,
            ignored_events=view.ignored,
            in_menu=sum(call.state is CallState.IVR for call in view.calls),
            service_level_formula={"en": SERVICE_LEVEL.formula, "sw": SERVICE_LEVEL_FORMULA_SW},
            waits_told=today.promises.answered,
            waits_kept=today.promises.share,
            waits_formula={"en": kept_promises.FORMULA, "sw": kept_promises.FORMULA_SW},
            survey_on=survey,
            survey_asked=today.survey.asked,
            survey_answered=today.survey.answered,
            survey_mean=today.survey.mean,
            survey_formula={"en": surveys.FORMULA, "sw": surveys.FORMULA_SW},
        ),
        speech=speech(listening, today.answers),
        callbacks=_callbacks(view, today),
    )


def _callbacks(view: View, today: Today) -> Callbacks:
    kept = [call for call in view.calls if call.state is CallState.CALLBACK]
    day = today.callbacks
    return Callbacks(
        waiting=len(kept),
        oldest_since=min((call.waiting_since for call in kept if call.waiting_since), default=None),
        offered=day.offered,
        asked=day.asked,
        attempts=day.attempts,
        reached=day.reached,
        failed=day.failed,
    )


def queue_needs(rules: Rules, catalogue: Catalogue) -> dict[str, list[Need]]:
    """What a new caller of each queue may ask of an agent: a language, and one of the agencies that wait there.

    In the queue of those who named no agency the language alone is enough, and so it is in one that no agency has.
    """
    needs: dict[str, list[Need]] = {}
    for name, queue in rules.queues.items():
        mine = dict.fromkeys([*(a.slug for a in catalogue.agencies if a.queue == name), *queue.agencies])
        asked = [frozenset({agency_skill(agency)}) for agency in mine]
        if not asked or name == rules.default_queue:
            asked.append(frozenset())
        routing = rules.routing_of(name)
        needs[name] = [
            ladder(routing.levels, routing.steps, more | {language_skill(language)})[0].need
            for more in asked
            for language in LANGUAGES
        ]
    return needs


def _ready(view: View, people: Mapping[int, Agent], needs: Mapping[str, Sequence[Need]]) -> Counter[str]:
    """How many ready agents could take a new call of each queue at once: one of the kinds that there are is enough."""
    counted: Counter[str] = Counter()
    for live in view.agents:
        if live.state is not AgentState.READY or not live.phone_registered or live.id not in people:
            continue
        skills = people[live.id].skills
        counted.update(name for name, kinds in needs.items() if any(fits(skills, need) for need in kinds))
    return counted


def _queue_row(queue: Queue, calls: list[CallView], today: Today, ready: int) -> QueueRow:
    day = today.queue(queue.name)
    in_line = [call for call in calls if call.state in IN_LINE]
    return QueueRow(
        name=queue.name,
        title=dict(queue.title),
        waiting=len(in_line),
        longest_since=min((call.waiting_since for call in in_line if call.waiting_since), default=None),
        talking=sum(call.state in TALKING for call in calls),
        agents_ready=ready,
        offered=day.offered,
        answered=day.answered,
        abandoned=day.abandoned,
        short_abandoned=day.abandoned_short,
        answered_in_threshold=day.answered_in_t,
        service_level=SERVICE_LEVEL.of(day),
        service_level_s=queue.service_level_s,
        target=queue.target,
    )


def _agent_row(live: LiveAgent, who: Agent | None, today: Today, queue: str | None) -> AgentRowView:
    day = today.agent(live.id)
    return AgentRowView(
        agent_id=live.id,
        name=who.name if who else live.endpoint,
        extension=live.endpoint,
        state=live.state,
        since=live.since,
        reason=live.reason,
        phone_registered=live.phone_registered,
        call_id=live.call_id,
        queue=queue,
        help_since=live.help_since,
        answered_today=day.answered,
        missed_today=day.missed,
    )


def _waiting_row(call: CallView, at: datetime) -> WaitingRow:
    return WaitingRow(
        call_id=call.id,
        queue=call.queue or "general",
        state=call.state,
        language=cast(Language, call.language) if call.language in ("en", "sw") else "en",
        agency=call.agency,
        service=call.service,
        waiting_since=call.waiting_since or at,
        agent_id=call.agent_id,
    )
