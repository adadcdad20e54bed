// The citizen's call. Pure: what may follow what, so that a late event never undoes a newer one.
import type { Verdict } from '../../phone/health'

export type Problem = 'microphoneRefused' | 'microphoneMissing' | 'busy' | 'tooMany' | 'failed'
export type CitizenState =
  | { stage: 'idle'; problem: Problem | null }
  | { stage: 'asking' | 'connecting'; problem: null }
  | { stage: 'talking'; problem: null; startedAt: number }
  | { stage: 'ended'; problem: null }

export type CitizenEvent =
  | { kind: 'call' }
  | { kind: 'line' }
  | { kind: 'answered'; at: number }
  | { kind: 'over' }
  | { kind: 'problem'; what: Problem }

export const atRest: CitizenState = { stage: 'idle', problem: null }

export function next(state: CitizenState, event: CitizenEvent): CitizenState {
  const busy = state.stage === 'asking' || state.stage === 'connecting' || state.stage === 'talking'
  switch (event.kind) {
    case 'call':
      return busy ? state : { stage: 'asking', problem: null }
    case 'line':
      return state.stage === 'asking' ? { stage: 'connecting', problem: null } : state
    case 'answered':
      return state.stage === 'connecting' ? { stage: 'talking', problem: null, startedAt: event.at } : state
    case 'over':
      return state.stage === 'talking' ? { stage: 'ended', problem: null } : busy ? atRest : state
    case 'problem':
      return busy ? { stage: 'idle', problem: event.what } : state
  }
}

/** What the server's refusal means for a citizen. */
export function problemOf(status: number, reason: string): Problem {
  if (status === 429) return 'tooMany'
  return reason === 'all_busy' ? 'busy' : 'failed'
}

/** How many looks at the network in a row were poor. One alone is a hiccup, or a pause in which the line says nothing. */
export const poorLooks = (before: number, verdict: Verdict): number => (verdict === 'weak' || verdict === 'bad' ? before + 1 : 0)
export const SLOW_FROM = 2
