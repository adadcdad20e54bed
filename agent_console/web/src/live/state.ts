// What the server told us, as one value. Pure: (state, message, now) -> state. The link feeds it, the pages read it.
import type { AgentView, Board, CallCard, Delta, Outcome, Pong, Snapshot, TabBusy, TakenOver, Wrong } from '../generated/messages'

export type ServerMessage = Snapshot | Delta | Outcome | TakenOver | TabBusy | Wrong | Pong

/** `connecting`: the first time; `reconnecting`: calls go on meanwhile; `busy` and `taken`: another tab has the calls. */
export type LinkState = 'connecting' | 'live' | 'reconnecting' | 'busy' | 'taken' | 'signed_out'

export type LiveState = {
  link: LinkState
  takenBy: 'tab' | 'sign_in' | null
  /** The journal position of what is shown; null before the first snapshot. */
  position: number | null
  /** Server's clock minus this desk's clock (ms). */
  clockOffset: number
  me: AgentView | null
  call: CallCard | null
  board: Board | null
}

export const nothingYet: LiveState = {
  link: 'connecting', takenBy: null, position: null, clockOffset: 0, me: null, call: null, board: null,
}

/** Give the state after a message that came at `now` (ms of this desk's clock). */
export function apply(state: LiveState, message: ServerMessage, now: number): LiveState {
  switch (message.type) {
    case 'snapshot':
      return {
        link: elsewhere(state) ? state.link : 'live', takenBy: elsewhere(state) ? state.takenBy : null, position: message.position,
        clockOffset: Date.parse(message.server_time) - now,
        me: message.me ?? null, call: message.call ?? null, board: message.board ?? null,
      }
    case 'delta': {
      // A delta older than what is shown was overtaken by a snapshot; the same position may bring another part.
      if (state.position !== null && message.position < state.position) return state
      return {
        ...state,
        link: elsewhere(state) ? state.link : 'live',
        position: message.position,
        me: message.me ?? state.me,
        call: message.call === undefined ? state.call : message.call,
        board: message.board ?? state.board,
      }
    }
    case 'tab_busy':
      return { ...state, link: 'busy' }
    case 'taken_over':
      return { ...state, link: 'taken', takenBy: message.by }
    case 'pong':
      return state.link === 'reconnecting' && state.position !== null ? { ...state, link: 'live' } : state
    default:
      return state
  }
}

/** A tab without the calls is still shown everything; only asking for them (`connecting`) makes it live again. */
const elsewhere = (state: LiveState): boolean => state.link === 'busy' || state.link === 'taken'

/** Give the state after the socket closed. A tab that gave its calls away stays so until it asks for them again. */
export function lost(state: LiveState): LiveState {
  if (elsewhere(state) || state.link === 'signed_out') return state
  return { ...state, link: state.position === null ? 'connecting' : 'reconnecting' }
}

/** How long to wait before attempt number `attempt` (from 0), in ms: doubling to 10 s, spread so that desks do not return all at once. */
export function backoff(attempt: number, chance: number): number {
  const most = Math.min(10_000, 500 * 2 ** attempt)
  return most / 2 + (most / 2) * chance
}
