"""P. A short survey by key after a call: the agent is done, the citizen is asked once how it went.

For the router the call is over when the agent ends it. What the citizen presses afterwards comes as an event of its own
and is written down once; that nobody answers is no fault and no event.
"""

from __future__ import annotations

from datetime import datetime

from contact_centre.channel_vars import NET_OFFER
from contact_centre.facts import Fact, Kind
from contact_centre.states import CallState
from queue_manager.commands import AskSurvey
from queue_manager.events_out import SurveyAnswered
from queue_manager.floor import Floor
from queue_manager.line import LiveCall
from queue_manager.roster import LiveAgent
from queue_manager.service_level import share

SCORES = range(1, 6)
"""1 is very bad, 5 is very good."""
FORMULA = "sum of the keys pressed (1 to 5) / answered; answered / asked"
FORMULA_SW = "jumla ya nambari zilizobonyezwa (1 hadi 5) / waliojibu; waliojibu / walioulizwa"
REMEMBERED = 2000
"""Surveys whose agent is known until they are answered."""


def wanted(floor: Floor, call: LiveCall) -> bool:
    """Whether the citizen of this call is asked: it is switched on, and they talk with the agent now."""
    netted = call.offer is not None and call.offer.id.startswith(NET_OFFER)
    talking = call.state in (CallState.CONNECTED, CallState.HELD)
    return floor.rules.survey and floor.link_up and talking and not netted


def ask(floor: Floor, call: LiveCall, agent: LiveAgent, now: datetime) -> None:
    """The agent is done; the citizen's channel goes on to `[survey]`, which ends it."""
    floor.record(Kind.SURVEY_ASKED, now, call.id, agent.id)
    floor.out.append(AskSurvey(call.id, call.channel))
    floor.surveyed[call.id] = agent.id
    while len(floor.surveyed) > REMEMBERED:
        floor.surveyed.pop(next(iter(floor.surveyed)))
    floor.end(call, now, "agent", 16)


def answered(floor: Floor, event: SurveyAnswered, now: datetime) -> None:
    """One key, counted once however often it is heard of; of nobody whom we did not ask."""
    agent_id = floor.surveyed.pop(event.call_id, None)
    if agent_id is None:
        floor.ignored["survey of an unknown call"] += 1
        return
    floor.record(
        Kind.SURVEY_ANSWERED, now, event.call_id, agent_id, fact_id=f"survey-{event.call_id}", score=event.score
    )


class SurveyTally:
    """Folds facts as they come; each once, in the journal's order."""

    def __init__(self) -> None:
        """Nobody was asked yet."""
        self.asked = 0
        self.answered = 0
        self._sum = 0

    @property
    def mean(self) -> float | None:
        """The mean of the keys pressed; None before the first."""
        return share(self._sum, self.answered)

    @property
    def share(self) -> float | None:
        """Answered / asked; None before anybody was asked."""
        return share(self.answered, self.asked)

    def apply(self, fact: Fact) -> None:
        """Fold one fact."""
        if fact.kind is Kind.SURVEY_ASKED:
            self.asked += 1
        elif fact.kind is Kind.SURVEY_ANSWERED:
            self.answered += 1
            self._sum += int(fact.payload["score"])
