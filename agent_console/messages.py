"""Every shape that crosses between the console's server and its pages: REST bodies and websocket messages.

The TypeScript types are generated from these models (`npm run types`), so client and server cannot drift. Instants
are ISO 8601 in UTC; durations end in `_s`. On the websocket a page first says `Hello`; the server answers with a
`Snapshot` at a journal position and then sends a `Delta` for each change: a field that is absent is unchanged.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from agent_console.label_messages import LabelBody, UtteranceList, UtteranceView
from agent_console.rest_messages import (
    AgencyView,
    AgentTarget,
    CallCard,
    CallingOut,
    CallOutBody,
    CaseDetail,
    CaseEventBody,
    CaseSummary,
    Channel,
    CitizenCard,
    Disposition,
    DispositionBody,
    LinkCitizenBody,
    LongText,
    Me,
    Message,
    NewCaseBody,
    NewCitizenBody,
    NoteBody,
    PauseReason,
    PhoneCredentials,
    PreferencesBody,
    QueueTarget,
    RecentCall,
    Role,
    RowKey,
    ServiceName,
    ServiceView,
    ShortText,
    SignInBody,
    StatementView,
    TimelineItem,
    TransferNow,
    TransferTargets,
)
from agent_console.story_messages import CallDetail, FactView, OfferExplained, StageView
from agent_console.web_call_messages import SaidBody, SaidLine, WebCallBody, WebCallNow
from contact_centre.model import Language
from contact_centre.states import AgentState, CallState
from queue_manager.events_out import NotReached

__all__ = [
    "AgencyView",
    "AgentRowView",
    "AgentTarget",
    "AgentView",
    "Ask",
    "Board",
    "CallCard",
    "CallDetail",
    "CallOutBody",
    "CallingOut",
    "CaseDetail",
    "CaseEventBody",
    "CaseSummary",
    "Channel",
    "CitizenCard",
    "ClientMessage",
    "Delta",
    "Disposition",
    "DispositionBody",
    "FactView",
    "Hello",
    "House",
    "LabelBody",
    "LinkCitizenBody",
    "LongText",
    "Me",
    "Message",
    "NewCaseBody",
    "NewCitizenBody",
    "NoteBody",
    "OfferExplained",
    "Outcome",
    "PauseReason",
    "PhoneCredentials",
    "Ping",
    "Pong",
    "PreferencesBody",
    "QueueRow",
    "QueueTarget",
    "RecentCall",
    "Role",
    "RowKey",
    "SaidBody",
    "SaidLine",
    "ServerMessage",
    "ServiceName",
    "ServiceView",
    "ShortText",
    "SignInBody",
    "Snapshot",
    "Speech",
    "SpeechServer",
    "StageView",
    "StatementView",
    "TabBusy",
    "TakenOver",
    "TimelineItem",
    "TransferNow",
    "TransferTargets",
    "UtteranceList",
    "UtteranceView",
    "WaitingRow",
    "WebCallBody",
    "WebCallNow",
    "Wrong",
]


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
    help_since: datetime | None
    """Since when I have asked for a supervisor."""
    not_reached: NotReached | None
    """Why the citizen whom I called last was not reached, until something else happens."""
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
    help_since: datetime | None
    """Since when they have asked for a supervisor."""
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
    ignored_events: int
    """Messages of Asterisk that changed nothing since the router began: doubled, out of order, of unknown calls."""
    in_menu: int
    """Calls that are with the machine now."""
    service_level_formula: dict[Language, str]
    waits_told: int
    """Calls answered today after their caller was told how long it will probably take."""
    waits_kept: float | None
    """Share of them answered inside the range that was told first; near 0.8 is good."""
    waits_formula: dict[Language, str]
    survey_on: bool
    survey_asked: int
    """Citizens who were asked today, after their call, how it went."""
    survey_answered: int
    survey_mean: float | None
    """From 1, very bad, to 5, very good; None before the first answer."""
    survey_formula: dict[Language, str]


class SpeechServer(Message):
    """One vosk-server."""

    language: Language
    address: str
    well: bool


class Speech(Message):
    """How callers are listened to: now, and today's questions of the machine."""

    engines: dict[Language, Literal["ctc", "vosk", "vosk-server"]]
    """Who understands each language; empty: nobody, callers press keys."""
    known: bool
    """False: no IVR has said lately how it listens."""
    streams: int
    most: int
    """Callers who are listened to now, and at most."""
    late_ms: int | None
    """95th percentile of the last minutes: how long after the silence that ends them words were understood (ms)."""
    keys_only: bool
    """New callers have keys alone for the moment: no room, or answers came late."""
    servers: list[SpeechServer]
    by_voice: int
    by_key: int
    not_answered: int
    unheard: int
    """Of all questions today: asked while nobody could be listened to."""


class Callbacks(Message):
    """Who hung up and is called back: now, and what became of today's."""

    waiting: int
    """Places kept now, those whose telephone rings included."""
    oldest_since: datetime | None
    """When the first of them began to wait."""
    offered: int
    asked: int
    attempts: int
    """How often a telephone was rung."""
    reached: int
    failed: int
    """Not reached in the end, or needed no more."""


class Board(Message):
    """The supervisor's live board."""

    queues: list[QueueRow]
    agents: list[AgentRowView]
    calls: list[WaitingRow]
    house: House
    speech: Speech
    callbacks: Callbacks


class Hello(Message):
    """A page's first words. `tab` is the page's own id: one tab takes the calls."""

    type: Literal["hello"]
    tab: Annotated[str, Field(max_length=64)]
    after: Annotated[int | None, Field(ge=0, le=2**53)] = None
    """The journal position that the page shows; it is never shown an older one."""
    take_over: bool = False


class Ask(Message):
    """A request to the router. It is answered once, accepted or refused; the id makes it idempotent."""

    type: Literal["ask"]
    id: Annotated[str, Field(min_length=8, max_length=64)]
    what: Literal[
        "ready", "pause", "end_call", "decline", "extend_wrap_up", "finish_wrap_up", "sign_out", "phone_lost",
        "transfer_to_queue", "transfer_to_agent", "steer_transfer",
        "ask_for_help", "end_help",
    ]  # fmt: skip
    call_id: Annotated[str | None, Field(max_length=64)] = None
    offer_id: Annotated[str | None, Field(max_length=64)] = None
    reason: Annotated[str | None, Field(max_length=100)] = None
    seconds: Annotated[int | None, Field(ge=5, le=600)] = None
    agency: Annotated[str | None, Field(max_length=60)] = None
    to_agent_id: RowKey | None = None
    speak_first: bool = False
    steer: Literal["join", "complete", "return"] | None = None


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
