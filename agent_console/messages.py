"""Every shape that crosses between the console's server and its pages: REST bodies and websocket messages.

The TypeScript types are generated from these models (`npm run types`), so client and server cannot drift. Instants
are ISO 8601 in UTC; durations end in `_s`. On the websocket a page first says `Hello`; the server answers with a
`Snapshot` at a journal position and then sends a `Delta` for each change: a field that is absent is unchanged.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contact_centre.model import Language
from contact_centre.states import AgentState, CallState

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


class PreferencesBody(Message):
    """What an agent may set for themselves."""

    auto_answer: bool


# --- Citizens and cases -------------------------------------------------------------------------------------------


class CaseSummary(Message):
    """A case in a list."""

    id: int
    reference: str
    agency: str
    agency_name: str
    service: str | None
    title: str
    status: str
    opened_at: datetime
    closed_at: datetime | None


class TimelineItem(Message):
    """Something that happened between a citizen and the government, over any channel, newest first."""

    at: datetime
    channel: Channel
    kind: str
    title: str
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
    certainty: Literal["unknown", "number_matches", "said_id", "verified"]
    language: Language | None
    county: str | None
    sample: bool
    calls_this_week: int
    recording_consent: bool | None
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
    disputed: bool


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


class CallCard(Message):
    """The call that is offered to, or held by, this agent: what is known before "hello"."""

    call_id: str
    offer_id: str | None
    state: CallState
    state_since: datetime
    language: Language
    queue: str
    queue_title: dict[Language, str]
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
    citizen: CitizenCard


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


class FactView(Message):
    """One fact of a call, for its page."""

    position: int
    at: datetime
    kind: str
    agent: str | None
    detail: dict[str, str]


class CallDetail(Message):
    """One call, whole: the card, what happened, and whether this person may hear it."""

    card: CallCard
    ended_at: datetime | None
    outcome: str | None
    facts: list[FactView]
    recording_url: str | None


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


# --- Live ---------------------------------------------------------------------------------------------------------


class AgentView(Message):
    """My own state on the agent's page."""

    agent_id: int
    name: str
    extension: str
    state: AgentState
    since: datetime
    reason: str | None
    """Pause reason; `missed` and `lost` are set by the router."""
    pending_pause: str | None
    """A pause that takes effect after this call."""
    phone_registered: bool
    wrap_up_until: datetime | None
    answered_today: int
    missed_today: int
    handling_today_s: float | None
    """Average handling time today (s)."""


class QueueRow(Message):
    """A queue on the board; today's numbers are a fold over the journal."""

    name: str
    title: dict[Language, str]
    waiting: int
    longest_since: datetime | None
    """When the longest waiting call began to wait; the page counts from it."""
    talking: int
    agents_ready: int
    offered: int
    answered: int
    abandoned: int
    short_abandoned: int
    answered_in_threshold: int
    service_level: float | None
    """Share from 0 to 1; None before anything was offered."""
    service_level_s: int
    target: float


class AgentRowView(Message):
    """An agent on the board."""

    agent_id: int
    name: str
    extension: str
    state: AgentState
    since: datetime
    reason: str | None
    phone_registered: bool
    call_id: str | None
    queue: str | None
    answered_today: int
    missed_today: int


class WaitingRow(Message):
    """A call in line on the board."""

    call_id: str
    queue: str
    state: CallState
    language: Language
    agency: str | None
    service: str | None
    waiting_since: datetime
    agent_id: int | None


class House(Message):
    """How the parts are: shown as one quiet line when something is wrong."""

    asterisk: bool
    database: bool
    emergency: bool
    in_menu: int
    """Calls that are with the machine now."""
    service_level_formula: str


class Board(Message):
    """The supervisor's live board."""

    queues: list[QueueRow]
    agents: list[AgentRowView]
    calls: list[WaitingRow]
    house: House


class Hello(Message):
    """A page's first words. `tab` is the page's own id: one tab takes the calls."""

    type: Literal["hello"]
    tab: Annotated[str, Field(max_length=64)]
    after: int | None = None
    take_over: bool = False


class Ask(Message):
    """A request to the router. It is answered once, accepted or refused; the id makes it idempotent."""

    type: Literal["ask"]
    id: Annotated[str, Field(min_length=8, max_length=64)]
    what: Literal["ready", "pause", "end_call", "decline", "extend_wrap_up", "finish_wrap_up", "sign_out", "phone_lost"]
    call_id: Annotated[str | None, Field(max_length=64)] = None
    offer_id: Annotated[str | None, Field(max_length=64)] = None
    reason: Annotated[str | None, Field(max_length=100)] = None
    seconds: Annotated[int | None, Field(ge=5, le=600)] = None


class Ping(Message):
    """Keeps a quiet socket alive through proxies."""

    type: Literal["ping"]


class Snapshot(Message):
    """Everything this page shows, at a journal position."""

    type: Literal["snapshot"] = "snapshot"
    position: int
    server_time: datetime
    """The client counts durations from it, so a wrong clock on the desk does no harm."""
    me: AgentView | None = None
    call: CallCard | None = None
    board: Board | None = None


class Delta(Message):
    """What changed since; an absent field is unchanged, `call: null` means that there is none now."""

    type: Literal["delta"] = "delta"
    position: int
    me: AgentView | None = None
    call: CallCard | None = None
    board: Board | None = None


class Outcome(Message):
    """The answer to an `Ask`."""

    type: Literal["outcome"] = "outcome"
    id: str
    accepted: bool
    reason: str | None = None
    message: str | None = None


class TakenOver(Message):
    """Another tab, or another sign-in of the same agent, takes the calls now; this one only shows."""

    type: Literal["taken_over"] = "taken_over"
    by: Literal["tab", "sign_in"]


class TabBusy(Message):
    """Another tab of this agent takes the calls; say hello again with `take_over` to have them here."""

    type: Literal["tab_busy"] = "tab_busy"


class Wrong(Message):
    """The last message was not understood; nothing was changed."""

    type: Literal["error"] = "error"
    message: str


class Pong(Message):
    """The answer to a ping."""

    type: Literal["pong"] = "pong"


ClientMessage = Annotated[Hello | Ask | Ping, Field(discriminator="type")]
ServerMessage = Annotated[Snapshot | Delta | Outcome | TakenOver | TabBusy | Wrong | Pong, Field(discriminator="type")]
