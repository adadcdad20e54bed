"""Every `CC_*` channel variable and every UserEvent, named once.

Asterisk is the bus between the conversation and the router: these variables travel on the caller's channel, the
dialplan (`asterisk_conf/templates/extensions.conf.j2`) sets and reads them under the same names, and
`manager.conf`'s `channelvars` puts them on every AMI event, so a router that starts anew sees each waiting call whole.
"""

from __future__ import annotations

from enum import StrEnum


class Var(StrEnum):
    """A channel variable of the caller's channel (two are global, and say so)."""

    CALL_ID = "CC_CALL_ID"
    """The call's id, a UUID made at entry; kept across offers, transfers and callbacks."""
    LEG = "CC_LEG"
    """`caller` on the citizen's channel, `agent` on an agent's."""
    STATE = "CC_STATE"
    """Where the dialplan is with the call: ivr, waiting, offered, connected, rejoining, transferring, conference,
    callback, dialling, turned_away, survey, netted; on an agent's leg: empty, consulting, conference or dialling."""
    ENTERED_AT = "CC_ENTERED_AT"
    """When the call arrived (seconds since 1970, UTC)."""
    ENTRY = "CC_ENTRY"
    """What was dialled: `main`, or a two-digit agency code."""
    NUMBER_ID = "CC_NUMBER_ID"
    """Row id of the caller's phone number; the number itself stays out of variables and logs."""
    LANGUAGE = "CC_LANG"
    """`en` or `sw`."""
    QUEUE = "CC_QUEUE"
    """The queue's slug."""
    SKILLS = "CC_SKILLS"
    """Required skills, joined by `|`."""
    PRIORITY = "CC_PRIORITY"
    """Base priority, a small integer; higher is sooner."""
    AGENCY = "CC_AGENCY"
    """The agency's slug, or empty."""
    SERVICE = "CC_SERVICE"
    """The service's slug, or empty."""
    CASE = "CC_CASE"
    """The case's row id, or empty."""
    WAITING_SINCE = "CC_WAITING_SINCE"
    """When the call first began to wait (seconds since 1970, UTC, with decimals)."""
    POSITION = "CC_POSITION"
    """Place in line, 1 = next; set by the router, spoken by `[waiting]` between two slices of music."""
    EXPECTED_WAIT = "CC_EXPECTED_WAIT"
    """`LOW-HIGH-LONGER`, for example `3-5-0`: minutes (LOW 0: less than HIGH; HIGH 0: more than LOW; both: not
    known), and 1 when it takes longer than was said. Set by the router; `[waiting]` speaks it once and empties it."""
    OFFER_ID = "CC_OFFER_ID"
    """Id of the offer being made; `[offer]` echoes it in every event."""
    OFFER_AGENT = "CC_OFFER_AGENT"
    """The endpoint that is rung, for example `agent-007`."""
    RING_S = "CC_RING_S"
    """How long to ring (s)."""
    TRANSFER_ID = "CC_TRANSFER_ID"
    """Id of the transfer that goes on; every event of its contexts echoes it."""
    TRANSFER_TO = "CC_TRANSFER_TO"
    """The endpoint of the agent who is asked to take the call over."""
    RECORDING = "CC_RECORDING"
    """`armed`, `refused` or `off`."""
    LAST_AGENT = "CC_LAST_AGENT"
    """Who talked with this number last and when: an agent's row id, `@`, seconds since 1970; or empty."""
    TURNED_AWAY = "CC_TURNED_AWAY"
    """Why the caller cannot wait: `full`, `late` or `closed`; `[turned-away]` says it."""
    OPENS = "CC_OPENS"
    """Of a queue that is closed: when it opens, a day (`today`, `tomorrow`, `mon` …), `-`, and HHMM, local time."""
    CALLBACK = "CC_CALLBACK"
    """How a callback stands. While waiting: `offer` (to be told), `offered`, `asked`, then `kept` or why not.
    On the channel that calls back: `answered`, then `taken` or `declined`."""
    CALLBACK_ID = "CC_CALLBACK_ID"
    """On a channel that calls back: the attempt's id, which is the channel's own id too."""
    IVR_RESULT = "CC_IVR_RESULT"
    """The IVR's last word: contained, agent, callback or hangup. Anything else means that it failed."""
    EPOCH = "CC_EPOCH"
    """Which leading router made this offer (a number that grows with each leader)."""
    DEADLINE = "CC_DEADLINE"
    """When, without a router, the call may enter Asterisk's own queue (seconds since 1970)."""


class GlobalVar(StrEnum):
    """A global variable of Asterisk."""

    ROUTER_SEEN = "CC_ROUTER_SEEN"
    """When the leading router last said it lives (seconds since 1970); written every 2 s."""
    EPOCH = "CC_EPOCH"
    """The present leader's epoch."""


class UserEventName(StrEnum):
    """What the dialplan tells the router. Each carries `CallId`; those about an offer also `OfferId` and `Agent`."""

    CALL_ENTERED = "CallEntered"
    """`[from-trunk]` answered."""
    CALL_WAITING = "CallWaiting"
    """Raised at every slice of music in `[waiting]`; saying it twice changes nothing."""
    OFFER_STARTED = "OfferStarted"
    """`[offer]` is about to dial."""
    OFFER_ANSWERED = "OfferAnswered"
    """The agent's phone answered (raised from `Dial`'s U() routine, before the two are bridged)."""
    OFFER_FAILED = "OfferFailed"
    """`Dial` gave up: `Reason` is its DIALSTATUS (NOANSWER, BUSY, CHANUNAVAIL, CONGESTION …)."""
    AGENT_LOST = "AgentLost"
    """The agent's leg ended and the caller lives: the call is in `[rejoin]`."""
    REJOIN_FAILED = "RejoinFailed"
    """The agent did not come back in time; the call goes to `[waiting]` at the head of the line."""
    TRANSFER_ANSWERED = "TransferAnswered"
    """The colleague who was asked picked up. Like all of a transfer's events it carries `TransferId`."""
    TRANSFER_FAILED = "TransferFailed"
    """The colleague did not pick up: `Reason` is `Dial`'s DIALSTATUS. The caller goes back to the agent who asked."""
    CONSULT_ENDED = "ConsultEnded"
    """The colleague's leg ended while the agent who asked lives: that agent goes back to the caller."""
    CONFERENCE_JOINED = "ConferenceJoined"
    """An agent (`Agent`, an endpoint) is about to enter the call's conference."""
    CITIZEN_RINGS = "CitizenRings"
    """On the agent's channel in `[call-out]`: it answered, and the citizen is dialled."""
    CITIZEN_ANSWERED = "CitizenAnswered"
    """On the citizen's channel: they picked up and hear who is calling."""
    CITIZEN_JOINED = "CitizenJoined"
    """On the citizen's channel: the notice is over, and the agent is about to hear them."""
    CITIZEN_NOT_REACHED = "CitizenNotReached"
    """On the agent's channel: the citizen did not answer; `Reason` is `Dial`'s DIALSTATUS."""
    SURVEY_ANSWERED = "SurveyAnswered"
    """`[survey]`: the citizen pressed `Score`, 1 to 5."""
    CALL_NETTED = "CallNetted"
    """`[safety-net]`: no router lives, and the call goes into Asterisk's own queue."""
    NET_RINGS = "NetRings"
    """On the agent's channel: Asterisk's own queue begins to ring it. `OfferId` is `net-` and the channel's id."""
    NET_ANSWERED = "NetAnswered"
    """On the agent's channel: it answered a call of Asterisk's own queue."""
    CALLBACK_ASKED = "CallbackAsked"
    """The caller wants to be called back and confirmed the number: `Number`."""
    CALL_FAILED = "CallFailed"
    """The IVR failed; the apology was spoken and the call goes on to a person."""


class IvrResult(StrEnum):
    """Values of `CC_IVR_RESULT`."""

    CONTAINED = "contained"
    AGENT = "agent"
    CALLBACK = "callback"
    """Nobody is there at this hour, and the caller wants to be called back."""
    HANGUP = "hangup"


CALL_TO = "CALL_TO"
"""The number that `[call-out]` dials: on the agent's channel until it is dialled, and not among `CHANNELVARS`."""
SURVEYED = "survey"
"""The value of `CC_STATE` while the citizen is asked how it went: for the router the call is over."""
NETTED = "netted"
"""The value of `CC_STATE` while Asterisk's own queue has the call."""
NET_OFFER = "net-"
"""How the id of an offer begins that Asterisk's own queue made."""

CHANNELVARS = ",".join(Var)
"""The value of `channelvars` in manager.conf."""


def wire_safe(value: str) -> str:
    """Strip what could end an AMI line, split a dialplan argument or start an expression, and bound the length.

    Every value of ours that goes into a variable is a slug, a number or a UUID; this is the last guard, not the first.
    """
    return "".join(c for c in value if c.isalnum() or c in "-_.:|@ ")[:200]
