"""What can have happened: the kinds of fact in the journal and what each carries.

Facts carry ids only. Numbers, names, digits and notes live in tables that can be erased. Payload keys are written
after each kind; a key with `?` may be absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4


class Kind(StrEnum):
    """Past tense, always: the thing happened."""

    # A call's way through the machine (written by ivr; by the router for a call that the ivr never saw)
    CALL_ENTERED = "CallEntered"  # entry, linkedid, number_id?, web
    LANGUAGE_CHOSEN = "LanguageChosen"  # language
    MENU_VISITED = "MenuVisited"  # node
    SERVICE_CHOSEN = "ServiceChosen"  # agency, service
    SERVICE_ANSWERED = "ServiceAnswered"  # service, confirmed: bool (False: a lapsed or disputed fact, not spoken)
    CASE_STATUS_GIVEN = "CaseStatusGiven"  # case_id
    CALL_CONTAINED = "CallContained"  # -
    PROMPTS_ANSWERED = "PromptsAnswered"  # voice, key, none: how many were answered so (none: not at all),
    # unheard: how many were asked when nobody could be listened to, lateness_ms?: of the latest answer by voice
    PLACE_REGAINED = "PlaceRegained"  # from_call: the call that was cut off in line
    IVR_FAILED = "IvrFailed"  # -
    RECORDING_ARMED = "RecordingArmed"  # -
    RECORDING_REFUSED = "RecordingRefused"  # -

    # The waiting line (written by the router)
    CALL_WAITING = "CallWaiting"  # queue, language, skills: list, priority, agency?, service?
    WAIT_PROMISED = (
        "WaitPromised"  # low_s, high_s?, low_min, high_min?: null is more than low_min, or not known; longer
    )
    CALL_OFFERED = (
        "CallOffered"  # offer_id, queue, eligible: list of agent ids, decided_by, why: who was eligible at
        # each step (see docs/routing.md) — the intent, before Redirect
    )
    OFFER_FAILED = "OfferFailed"  # offer_id, reason: no_answer | busy | unreachable | declined | withdrawn | lost
    CALL_CONNECTED = "CallConnected"  # offer_id, outbound?: true when the agent called
    CALL_HELD = "CallHeld"  # -
    CALL_RESUMED = "CallResumed"  # -
    AGENT_LOST = "AgentLost"  # offer_id
    CALL_REJOINED = "CallRejoined"  # offer_id
    CALL_REQUEUED = "CallRequeued"  # queue, agency? — the lost agent did not come back, or a transfer to a queue
    TRANSFER_ASKED = "TransferAsked"  # transfer_id, how: cold | warm, queue?, agency?, to_agent? — the intent
    TRANSFER_ANSWERED = "TransferAnswered"  # transfer_id — the agent who was asked picked up
    TRANSFER_JOINED = "TransferJoined"  # transfer_id — caller and both agents hear each other
    TRANSFER_COMPLETED = "TransferCompleted"  # transfer_id, from_agent — the call is this agent's now
    TRANSFER_FAILED = "TransferFailed"  # transfer_id, reason: as OfferFailed, or returned
    CALL_OVERFLOWED = "CallOverflowed"  # queue, from_queue, reason: waited | full
    CALL_TURNED_AWAY = "CallTurnedAway"  # queue, reason: full | late | closed — the intent, before Redirect
    CALLBACK_OFFERED = "CallbackOffered"  # - (the caller is told that they may ask for it)
    CALLBACK_ASKED = "CallbackAsked"  # number_id, queue, language, skills, priority, agency?, service?,
    # waiting_since: ISO — the place is kept; the intent, before the caller is told and hung up
    CALLBACK_REFUSED = "CallbackRefused"  # reason: of the number, or full | already | again | too_often
    CALLBACK_DIALLED = "CallbackDialled"  # attempt_id, attempt: 1, 2 … — the intent, before Originate
    CALLBACK_FAILED = "CallbackFailed"  # attempt_id?, reason: no_answer | busy | unreachable | not_taken | left |
    # declined | lost | no_number | expired, next_at?: ISO; absent: it was the last attempt
    CALLBACK_REACHED = "CallbackReached"  # attempt_id (empty: they had an agent without one), queue — in line again
    # An agent calls a citizen; the intent, before anything is dialled. paused: the pause that the agent comes back to
    CITIZEN_DIALLED = "CitizenDialled"  # offer_id, number_id, account_id, queue, language, agency?, case_id?, paused?
    CITIZEN_NOT_REACHED = "CitizenNotReached"  # offer_id, reason: as OfferFailed, or left | phone (the agent's own)
    SURVEY_ASKED = "SurveyAsked"  # - (the agent ended the call; the intent, before Redirect)
    SURVEY_ANSWERED = "SurveyAnswered"  # score: 1 (very bad) to 5 (very good)
    CALL_ABANDONED = "CallAbandoned"  # phase: waiting | ringing
    CALL_ENDED = "CallEnded"  # by: caller | agent | system, cause: Q.850 code

    # An agent's day (written by the router)
    AGENT_SIGNED_IN = "AgentSignedIn"  # -
    AGENT_READY = "AgentReady"  # -
    AGENT_PAUSED = "AgentPaused"  # reason
    PAUSE_ASKED = "PauseAsked"  # reason?: of the pause that follows the call; absent: it was taken back
    AGENT_WRAPPING_UP = "AgentWrappingUp"  # until: ISO instant
    WRAP_UP_EXTENDED = "WrapUpExtended"  # until, reason
    HELP_ASKED = "HelpAsked"  # - (an agent with a call asks for a supervisor)
    HELP_ENDED = "HelpEnded"  # account_id: who said so, a supervisor or the agent
    AGENT_SIGNED_OUT = "AgentSignedOut"  # -
    PHONE_REGISTERED = "PhoneRegistered"  # -
    PHONE_UNREGISTERED = "PhoneUnregistered"  # -

    # After the call (written by the console and by recordings)
    DISPOSITION_SAVED = "DispositionSaved"  # code, case_id?
    RECORDING_ARCHIVED = "RecordingArchived"  # recording_id

    # The house
    ROUTER_STARTED = "RouterStarted"  # epoch, calls: how many were found waiting
    ASTERISK_LOST = "AsteriskLost"  # -
    ASTERISK_FOUND = "AsteriskFound"  # -
    EMERGENCY_ANNOUNCED = "EmergencyAnnounced"  # -
    EMERGENCY_CLEARED = "EmergencyCleared"  # -


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened."""

    kind: Kind
    occurred_at: datetime
    """UTC and aware."""
    call_id: str | None = None
    agent_id: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    """JSON values only."""
    id: str = field(default_factory=lambda: uuid4().hex)
    """Unique to its writer: appending the same fact twice changes nothing."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact that the journal holds, with its position."""

    position: int
    fact: Fact
