// Generated from agent_console/messages.py by `npm run types`. Change it there.

/**
 * What an agent is doing. Wrap-up belongs to the agent alone and carries its call's id.
 */
export type AgentState = 'signed_out' | 'ready' | 'calling' | 'offered' | 'on_call' | 'wrap_up' | 'paused'
/**
 * Where one citizen's contact is.
 */
export type CallState =
  | 'ivr'
  | 'waiting'
  | 'offered'
  | 'connected'
  | 'held'
  | 'rejoining'
  | 'transferring'
  | 'callback'
  | 'dialling'
  | 'turned_away'
  | 'ended'
/**
 * How far it is. What was ordered and not yet heard of has a phase of its own (`…ing` of a move).
 */
export type Phase = 'ringing' | 'consulting' | 'joining' | 'joined' | 'completing' | 'returning'
/**
 * How far a call is that an agent makes.
 */
export type OutPhase = 'agent' | 'citizen' | 'notice' | 'joined'

export interface EveryShape {
  AgencyView?: AgencyView
  AgentRowView?: AgentRowView
  AgentState?: AgentState
  AgentTarget?: AgentTarget
  AgentView?: AgentView
  Ask?: Ask
  Board?: Board
  CallCard?: CallCard
  CallDetail?: CallDetail
  CallOutBody?: CallOutBody
  CallState?: CallState
  Callbacks?: Callbacks
  CallingOut?: CallingOut
  CaseDetail?: CaseDetail
  CaseEventBody?: CaseEventBody
  CaseSummary?: CaseSummary
  CitizenCard?: CitizenCard
  Delta?: Delta
  Disposition?: Disposition
  DispositionBody?: DispositionBody
  FactView?: FactView
  Hello?: Hello
  House?: House
  LabelBody?: LabelBody
  LinkCitizenBody?: LinkCitizenBody
  Me?: Me
  NewCaseBody?: NewCaseBody
  NewCitizenBody?: NewCitizenBody
  NoteBody?: NoteBody
  OfferExplained?: OfferExplained
  OutPhase?: OutPhase
  Outcome?: Outcome
  PauseReason?: PauseReason
  Phase?: Phase
  PhoneCredentials?: PhoneCredentials
  Ping?: Ping
  Pong?: Pong
  PreferencesBody?: PreferencesBody
  QueueRow?: QueueRow
  QueueTarget?: QueueTarget
  RecentCall?: RecentCall
  SaidBody?: SaidBody
  SaidLine?: SaidLine
  ServiceName?: ServiceName
  ServiceView?: ServiceView
  SignInBody?: SignInBody
  Snapshot?: Snapshot
  Speech?: Speech
  SpeechServer?: SpeechServer
  StageView?: StageView
  StatementView?: StatementView
  TabBusy?: TabBusy
  TakenOver?: TakenOver
  TimelineItem?: TimelineItem
  TransferNow?: TransferNow
  TransferTargets?: TransferTargets
  UtteranceList?: UtteranceList
  UtteranceView?: UtteranceView
  WaitingRow?: WaitingRow
  WebCallBody?: WebCallBody
  WebCallNow?: WebCallNow
  Wrong?: Wrong
}
/**
 * An agency and its services.
 */
export interface AgencyView {
  slug: string
  code: string
  name: {
    [k: string]: string
  }
  services: ServiceName[]
}
/**
 * A service in a list.
 */
export interface ServiceName {
  slug: string
  title: {
    [k: string]: string
  }
}
/**
 * An agent on the board.
 */
export interface AgentRowView {
  agent_id: number
  name: string
  extension: string
  state: AgentState
  since: string
  reason: string | null
  phone_registered: boolean
  call_id: string | null
  queue: string | null
  help_since: string | null
  answered_today: number
  missed_today: number
}
/**
 * A ready colleague.
 */
export interface AgentTarget {
  agent_id: number
  name: string
  languages: ('en' | 'sw')[]
}
/**
 * My own state on the agent's page.
 */
export interface AgentView {
  agent_id: number
  name: string
  extension: string
  state: AgentState
  since: string
  reason: string | null
  pending_pause: string | null
  phone_registered: boolean
  wrap_up_until: string | null
  help_since: string | null
  not_reached: ('no_answer' | 'busy' | 'unreachable' | 'declined' | 'withdrawn' | 'lost' | 'left' | 'phone') | null
  answered_today: number
  missed_today: number
  handling_today_s: number | null
}
/**
 * A request to the router. It is answered once, accepted or refused; the id makes it idempotent.
 */
export interface Ask {
  type: 'ask'
  id: string
  what:
    | 'ready'
    | 'pause'
    | 'end_call'
    | 'decline'
    | 'extend_wrap_up'
    | 'finish_wrap_up'
    | 'sign_out'
    | 'phone_lost'
    | 'transfer_to_queue'
    | 'transfer_to_agent'
    | 'steer_transfer'
    | 'ask_for_help'
    | 'end_help'
  call_id?: string | null
  offer_id?: string | null
  reason?: string | null
  seconds?: number | null
  agency?: string | null
  to_agent_id?: number | null
  speak_first?: boolean
  steer?: ('join' | 'complete' | 'return') | null
}
/**
 * The supervisor's live board.
 */
export interface Board {
  queues: QueueRow[]
  agents: AgentRowView[]
  calls: WaitingRow[]
  house: House
  speech: Speech
  callbacks: Callbacks
}
/**
 * A queue on the board; today's numbers are a fold over the journal.
 */
export interface QueueRow {
  name: string
  title: {
    [k: string]: string
  }
  waiting: number
  longest_since: string | null
  talking: number
  agents_ready: number
  offered: number
  answered: number
  abandoned: number
  short_abandoned: number
  answered_in_threshold: number
  service_level: number | null
  service_level_s: number
  target: number
}
/**
 * A call in line on the board.
 */
export interface WaitingRow {
  call_id: string
  queue: string
  state: CallState
  language: 'en' | 'sw'
  agency: string | null
  service: string | null
  waiting_since: string
  agent_id: number | null
}
/**
 * How the parts are: shown as one quiet line when something is wrong.
 */
export interface House {
  asterisk: boolean
  database: boolean
  emergency: boolean
  ignored_events: number
  in_menu: number
  service_level_formula: {
    [k: string]: string
  }
  waits_told: number
  waits_kept: number | null
  waits_formula: {
    [k: string]: string
  }
  survey_on: boolean
  survey_asked: number
  survey_answered: number
  survey_mean: number | null
  survey_formula: {
    [k: string]: string
  }
}
/**
 * How callers are listened to: now, and today's questions of the machine.
 */
export interface Speech {
  engines: {
    [k: string]: 'ctc' | 'vosk' | 'vosk-server'
  }
  known: boolean
  streams: number
  most: number
  late_ms: number | null
  keys_only: boolean
  servers: SpeechServer[]
  by_voice: number
  by_key: number
  not_answered: number
  unheard: number
}
/**
 * One vosk-server.
 */
export interface SpeechServer {
  language: 'en' | 'sw'
  address: string
  well: boolean
}
/**
 * Who hung up and is called back: now, and what became of today's.
 */
export interface Callbacks {
  waiting: number
  oldest_since: string | null
  offered: number
  asked: number
  attempts: number
  reached: number
  failed: number
}
/**
 * The call that is offered to, or held by, this agent: what is known before "hello".
 */
export interface CallCard {
  call_id: string
  offer_id: string | null
  state: CallState
  state_since: string
  language: 'en' | 'sw'
  queue: string
  queue_title: {
    [k: string]: string
  }
  queue_notice: {
    [k: string]: string
  } | null
  agency_name: {
    [k: string]: string
  } | null
  service: string | null
  service_title: {
    [k: string]: string
  } | null
  path: {
    [k: string]: string
  }[]
  entered_at: string
  waiting_since: string
  answered_at: string | null
  recording: 'off' | 'armed' | 'refused' | 'archived'
  note: string
  disposition: string | null
  case_id: number | null
  transferred_by: string | null
  citizen: CitizenCard
  transfer?: TransferNow | null
  outbound?: boolean
  dialling?: OutPhase | null
}
/**
 * Who is calling, as far as we know.
 */
export interface CitizenCard {
  id: number | null
  name: string | null
  number: string | null
  certainty: 'unknown' | 'number_matches' | 'said_id' | 'named' | 'verified'
  language: ('en' | 'sw') | null
  county: string | null
  sample: boolean
  calls_this_week: number
  recording_consent: boolean | null
  told_of_recording?: boolean | null
  history_consent: boolean | null
  cases: CaseSummary[]
  timeline: TimelineItem[]
}
/**
 * A case in a list.
 */
export interface CaseSummary {
  id: number
  reference: string
  agency: string
  agency_name: {
    [k: string]: string
  }
  service: string | null
  title: {
    [k: string]: string
  }
  status: string
  opened_at: string
  closed_at: string | null
}
/**
 * Something that happened between a citizen and the government, over any channel, newest first.
 */
export interface TimelineItem {
  at: string
  channel: 'call' | 'centre' | 'web' | 'mobile' | 'payment'
  kind: string
  title: {
    [k: string]: string
  }
  text: string
  author: string
  case_id: number | null
  call_id: string | null
}
/**
 * A call on its way to a colleague, as one of the two agents sees it.
 */
export interface TransferNow {
  transfer_id: string
  how: 'cold' | 'warm'
  phase: Phase
  mine: boolean
  colleague: string
}
/**
 * One call, whole: the card, what happened, and whether this person may hear it.
 */
export interface CallDetail {
  card: CallCard
  ended_at: string | null
  outcome: string | null
  facts: FactView[]
  explanations: OfferExplained[]
  recording_url: string | null
}
/**
 * One fact of a call, for its page.
 */
export interface FactView {
  position: number
  at: string
  kind: string
  agent: string | null
  detail: {
    [k: string]: string
  }
}
/**
 * Why one offer of a call went to this agent.
 */
export interface OfferExplained {
  position: number
  decided_by: string
  waited_s: number | null
  priority: number | null
  place: number | null
  waiting: number | null
  stages: StageView[]
  held_for: string | null
  passed_over: string[]
}
/**
 * What a call required at one stage of its wait, and who of the ready agents had it.
 */
export interface StageView {
  after_s: number
  relax: string | null
  needs: string[]
  ready: number
  agents: string[]
}
/**
 * A known citizen to call, at a number of theirs, about a case of theirs or none.
 */
export interface CallOutBody {
  citizen_id: number
  number: string
  case_id?: number | null
}
/**
 * The agent's phone is about to ring.
 */
export interface CallingOut {
  call_id: string
}
/**
 * One case, whole.
 */
export interface CaseDetail {
  case: CaseSummary
  events: TimelineItem[]
}
/**
 * A note, or a change of status with its note.
 */
export interface CaseEventBody {
  text: string
  status?: ('open' | 'in_progress' | 'waiting_citizen' | 'ready' | 'closed') | null
  call_id?: string | null
}
/**
 * What changed since; an absent field is unchanged, `call: null` means that there is none now.
 */
export interface Delta {
  type: 'delta'
  position: number
  me?: AgentView | null
  call?: CallCard | null
  board?: Board | null
}
/**
 * A way a call can end, for the list in wrap-up.
 */
export interface Disposition {
  code: string
  title: {
    [k: string]: string
  }
}
/**
 * Ends wrap-up: what the call was about, and where it goes.
 */
export interface DispositionBody {
  code: string
  note?: string
  case_id?: number | null
  new_case?: NewCaseBody | null
  then?: 'ready' | 'paused'
}
/**
 * A case to open.
 */
export interface NewCaseBody {
  citizen_id: number
  agency: string
  service?: string | null
  title: string
}
/**
 * A page's first words. `tab` is the page's own id: one tab takes the calls.
 */
export interface Hello {
  type: 'hello'
  tab: string
  after?: number | null
  take_over?: boolean
}
/**
 * What was said: an option of the menu there, words, nothing; or skipped.
 *
 * The exact words may come with an option, or with nothing (words that are none of this line's): the option says what
 * should have been understood, the words what was said, and training needs these.
 */
export interface LabelBody {
  label: 'option' | 'words' | 'nothing' | 'skipped'
  option?: string | null
  words?: string | null
}
/**
 * Says who is calling: a known citizen, or a new one.
 */
export interface LinkCitizenBody {
  citizen_id?: number | null
  new?: NewCitizenBody | null
}
/**
 * A citizen whom the agent writes down; the call's number becomes theirs.
 */
export interface NewCitizenBody {
  name: string
  language?: ('en' | 'sw') | null
  county?: string | null
}
/**
 * Who is signed in.
 */
export interface Me {
  account_id: number
  username: string
  name: string
  role: 'agent' | 'supervisor' | 'administrator'
  agent_id: number | null
  extension: string | null
  auto_answer: boolean
  may_call_out: boolean
  timezone: string
  prefix: string
  demonstration: boolean
}
/**
 * The note typed during a call, saved as it is typed.
 */
export interface NoteBody {
  text: string
}
/**
 * The answer to an `Ask`.
 */
export interface Outcome {
  type: 'outcome'
  id: string
  accepted: boolean
  reason?: string | null
  message?: string | null
}
/**
 * Why an agent may be away.
 */
export interface PauseReason {
  code: string
  title: {
    [k: string]: string
  }
}
/**
 * One sign-in's SIP credentials for the browser phone; they die with it. Also one call's, for a citizen's page.
 */
export interface PhoneCredentials {
  extension: string
  password: string
  websocket_url: string
  realm: string
  ice_servers: string[]
  dial?: string | null
  key?: string | null
}
/**
 * Keeps a quiet socket alive through proxies.
 */
export interface Ping {
  type: 'ping'
}
/**
 * The answer to a ping.
 */
export interface Pong {
  type: 'pong'
}
/**
 * What an agent may set for themselves.
 */
export interface PreferencesBody {
  auto_answer: boolean
}
/**
 * A queue that a call can be handed to, for one agency's questions or for general enquiries.
 */
export interface QueueTarget {
  queue: string
  title: {
    [k: string]: string
  }
  agency: string | null
  agency_name: {
    [k: string]: string
  } | null
  waiting: number
  ready: number
}
/**
 * A call in a list.
 */
export interface RecentCall {
  call_id: string
  entered_at: string
  ended_at: string | null
  who: string | null
  language: ('en' | 'sw') | null
  queue: string | null
  service_title: {
    [k: string]: string
  } | null
  outcome: string | null
  disposition: string | null
  talk_s: number | null
  wait_s: number | null
  has_recording: boolean
}
/**
 * Asks what the line said since line `after`.
 */
export interface SaidBody {
  key: string
  after?: number
}
/**
 * What the machine said in one breath, in one language.
 */
export interface SaidLine {
  n: number
  language: 'en' | 'sw'
  text: string
}
/**
 * A service's answer in one language.
 */
export interface ServiceView {
  slug: string
  title: string
  agency: string
  agency_name: string
  statements: StatementView[]
}
/**
 * One fact about a service, with what it rests on. `text` is None when it must be confirmed with the agency.
 */
export interface StatementView {
  topic: string
  text: string | null
  source: string
  valid_from: string
  valid_to: string | null
  doubt: ('disputed' | 'unconfirmed' | 'lapsed') | null
}
/**
 * What the sign-in page sends.
 */
export interface SignInBody {
  username: string
  password: string
}
/**
 * Everything this page shows, at a journal position.
 */
export interface Snapshot {
  type: 'snapshot'
  position: number
  server_time: string
  me?: AgentView | null
  call?: CallCard | null
  board?: Board | null
}
/**
 * Another tab of this agent takes the calls; say hello again with `take_over` to have them here.
 */
export interface TabBusy {
  type: 'tab_busy'
}
/**
 * Another tab, or another sign-in of the same agent, takes the calls now; this one only shows.
 */
export interface TakenOver {
  type: 'taken_over'
  by: 'tab' | 'sign_in'
}
/**
 * Where a call can be handed to, now.
 */
export interface TransferTargets {
  queues: QueueTarget[]
  agents: AgentTarget[]
}
/**
 * The oldest that nobody labelled, and how many there are.
 */
export interface UtteranceList {
  to_label: number
  labelled: number
  kept_days: number
  utterances: UtteranceView[]
}
/**
 * Words of a caller who agreed to be recorded, which the line did not understand for certain.
 */
export interface UtteranceView {
  id: number
  at: string
  language: 'en' | 'sw'
  node: string
  node_title: {
    [k: string]: string
  } | null
  heard: string | null
  level: 'act' | 'confirm' | 'reject'
  confidence: number
  options: {
    [k: string]: string
  }
  duration_s: number
  snr_db: number | null
  label: ('option' | 'words' | 'nothing' | 'skipped') | null
  option: string | null
  words: string | null
}
/**
 * The language of the citizen's page: the line begins in it.
 */
export interface WebCallBody {
  language?: 'en' | 'sw'
}
/**
 * How the call of a citizen's page stands.
 */
export interface WebCallNow {
  with_whom: ('machine' | 'line' | 'person') | null
  said: SaidLine[]
}
/**
 * The last message was not understood; nothing was changed.
 */
export interface Wrong {
  type: 'error'
  message: string
}
