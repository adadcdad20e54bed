"""The REST shapes: what pages send and get over HTTP. `messages.py` gives them together with the live ones."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from citizen_services.catalogue import Doubt
from contact_centre.model import Language
from contact_centre.states import CallState
from queue_manager.events_out import OutPhase
from queue_manager.transfer_state import How, Phase

Role = Literal["agent", "supervisor", "administrator"]
Channel = Literal["call", "centre", "web", "mobile", "payment"]
ShortText = Annotated[str, Field(max_length=200)]
LongText = Annotated[str, Field(max_length=4000)]
RowKey = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Message(BaseModel):
    """Base: unknown fields are refused, so a typing mistake on either side is an error and not a silence."""

    model_config = ConfigDict(extra="forbid")


# --- People -----------------------------------------------------------------------------------------------------


class SignInBody(Message):
    """What the sign-in page sends."""

    username: Annotated[str, Field(min_length=1, max_length=60)]
    password: Annotated[str, Field(min_length=1, max_length=200)]


class Me(Message):
    """Who is signed in."""

    account_id: int
    username: str
    name: str
    role: Role
    agent_id: int | None
    extension: str | None
    auto_answer: bool
    may_call_out: bool
    """Whether this account may call citizens."""
    timezone: str
    prefix: str
    """The first prefix: what citizens dial."""
    demonstration: bool


class PhoneCredentials(Message):
    """One sign-in's SIP credentials for the browser phone; they die with it. Also one call's, for a citizen's page."""

    extension: str
    password: str
    websocket_url: str
    realm: str
    ice_servers: list[str]
    dial: str | None = None
    """What the citizen's page may dial; agents' phones dial nothing."""
    key: str | None = None
    """With it the citizen's page asks what the line says in its call, see `SaidBody`."""


class PreferencesBody(Message):
    """What an agent may set for themselves."""

    auto_answer: bool


# --- Citizens and cases -------------------------------------------------------------------------------------------


class CaseSummary(Message):
    """A case in a list."""

    id: int
    reference: str
    agency: str
    agency_name: dict[Language, str]
    service: str | None
    title: dict[Language, str]
    status: str
    opened_at: datetime
    closed_at: datetime | None


class TimelineItem(Message):
    """Something that happened between a citizen and the government, over any channel, newest first."""

    at: datetime
    channel: Channel
    kind: str
    title: dict[Language, str]
    """What it was about; a case's title stands as it was typed, in both."""
    text: str
    author: str
    case_id: int | None
    call_id: str | None


class CitizenCard(Message):
    """Who is calling, as far as we know."""

    id: int | None
    name: str | None
    """None: nobody is known behind the number."""
    number: str | None
    """E.164, None when withheld."""
    certainty: Literal["unknown", "number_matches", "said_id", "named", "verified"]
    """`said_id`: told the line the check of a case of theirs; `named`: the agent chose them, and nothing else speaks
    for it."""
    language: Language | None
    county: str | None
    sample: bool
    calls_this_week: int
    recording_consent: bool | None
    """What they said once and for all; None: never asked."""
    told_of_recording: bool | None = None
    """In this call: True heard the notice and did not refuse, False refused; None: neither, or no call."""
    history_consent: bool | None
    cases: list[CaseSummary]
    """Open ones first."""
    timeline: list[TimelineItem]


class CaseDetail(Message):
    """One case, whole."""

    case: CaseSummary
    events: list[TimelineItem]


class NewCitizenBody(Message):
    """A citizen whom the agent writes down; the call's number becomes theirs."""

    name: Annotated[str, Field(min_length=2, max_length=200)]
    language: Language | None = None
    county: Annotated[str | None, Field(max_length=60)] = None


class LinkCitizenBody(Message):
    """Says who is calling: a known citizen, or a new one."""

    citizen_id: RowKey | None = None
    new: NewCitizenBody | None = None


class NewCaseBody(Message):
    """A case to open."""

    citizen_id: RowKey
    agency: ShortText
    service: Annotated[str | None, Field(max_length=60)] = None
    title: Annotated[str, Field(min_length=3, max_length=200)]


class CaseEventBody(Message):
    """A note, or a change of status with its note."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]
    status: Literal["open", "in_progress", "waiting_citizen", "ready", "closed"] | None = None
    call_id: Annotated[str | None, Field(max_length=64)] = None


# --- The catalogue ------------------------------------------------------------------------------------------------


class StatementView(Message):
    """One fact about a service, with what it rests on. `text` is None when it must be confirmed with the agency."""

    topic: str
    text: str | None
    source: str
    valid_from: date
    valid_to: date | None
    doubt: Doubt | None
    """Why `text` is None."""


class ServiceView(Message):
    """A service's answer in one language."""

    slug: str
    title: str
    agency: str
    agency_name: str
    statements: list[StatementView]


class ServiceName(Message):
    """A service in a list."""

    slug: str
    title: dict[Language, str]


class AgencyView(Message):
    """An agency and its services."""

    slug: str
    code: str
    name: dict[Language, str]
    services: list[ServiceName]


# --- Calls --------------------------------------------------------------------------------------------------------


class TransferNow(Message):
    """A call on its way to a colleague, as one of the two agents sees it."""

    transfer_id: str
    how: How
    phase: Phase
    mine: bool
    """I asked for it; otherwise I am the one who is asked."""
    colleague: str
    """The other agent's name."""


class CallCard(Message):
    """The call that is offered to, or held by, this agent: what is known before "hello"."""

    call_id: str
    offer_id: str | None
    state: CallState
    state_since: datetime
    language: Language
    queue: str
    queue_title: dict[Language, str]
    queue_notice: dict[Language, str] | None
    """What the queue's agents read in each of its calls."""
    agency_name: dict[Language, str] | None
    service: str | None
    service_title: dict[Language, str] | None
    path: list[dict[Language, str]]
    """The way through the menu, as titles."""
    entered_at: datetime
    waiting_since: datetime
    answered_at: datetime | None
    recording: Literal["off", "armed", "refused", "archived"]
    note: str
    disposition: str | None
    case_id: int | None
    transferred_by: str | None
    """The colleague who handed it on last; what they wrote is in `note`."""
    citizen: CitizenCard
    transfer: TransferNow | None = None
    """Being handed to a colleague, now."""
    outbound: bool = False
    """The agent called the citizen."""
    dialling: OutPhase | None = None
    """How far that call is, until the two hear each other."""


class CallOutBody(Message):
    """A known citizen to call, at a number of theirs, about a case of theirs or none."""

    citizen_id: RowKey
    number: Annotated[str, Field(max_length=16)]
    """E.164, as the citizen's card shows it."""
    case_id: RowKey | None = None


class CallingOut(Message):
    """The agent's phone is about to ring."""

    call_id: str


class QueueTarget(Message):
    """A queue that a call can be handed to, for one agency's questions or for general enquiries."""

    queue: str
    title: dict[Language, str]
    agency: str | None
    agency_name: dict[Language, str] | None
    waiting: int
    """Calls in line in the whole queue."""
    ready: int
    """Ready agents who could take this call there."""


class AgentTarget(Message):
    """A ready colleague."""

    agent_id: int
    name: str
    languages: list[Language]


class TransferTargets(Message):
    """Where a call can be handed to, now."""

    queues: list[QueueTarget]
    agents: list[AgentTarget]
    """Ready colleagues; those who speak the caller's language first."""


class RecentCall(Message):
    """A call in a list."""

    call_id: str
    entered_at: datetime
    ended_at: datetime | None
    who: str | None
    """Name, or number, or None when withheld."""
    language: Language | None
    queue: str | None
    service_title: dict[Language, str] | None
    outcome: str | None
    disposition: str | None
    talk_s: float | None
    wait_s: float | None
    has_recording: bool


class NoteBody(Message):
    """The note typed during a call, saved as it is typed."""

    text: LongText


class DispositionBody(Message):
    """Ends wrap-up: what the call was about, and where it goes."""

    code: Annotated[str, Field(max_length=40)]
    note: LongText = ""
    case_id: RowKey | None = None
    new_case: NewCaseBody | None = None
    then: Literal["ready", "paused"] = "ready"


class Disposition(Message):
    """A way a call can end, for the list in wrap-up."""

    code: str
    title: dict[Language, str]


class PauseReason(Message):
    """Why an agent may be away."""

    code: str
    title: dict[Language, str]
