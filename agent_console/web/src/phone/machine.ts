// The phone's decisions. Pure: (state, event) -> [state, what to do]. softphone.ts does it with JsSIP.

export type Line = 'off' | 'connecting' | 'registered' | 'lost' | 'refused'
export type Microphone = 'unasked' | 'granted' | 'refused' | 'missing'
export type Stage = 'ringing' | 'answering' | 'talking'

export type PhoneCall = {
  callId: string
  stage: Stage
  held: boolean
  muted: boolean
  /** The line came back while this call was up: until it is renegotiated, its end could not reach us. */
  dropped: boolean
}

export type PhoneState = {
  line: Line
  microphone: Microphone
  call: PhoneCall | null
  autoAnswer: boolean
  /** The call that the server says is this agent's, or that this page had before it was reloaded. */
  mine: string | null
}

export type PhoneEvent =
  | { kind: 'connecting' }
  | { kind: 'registered' }
  | { kind: 'line_lost' }
  | { kind: 'line_refused' }
  | { kind: 'stopped' }
  | { kind: 'microphone'; is: Microphone }
  | { kind: 'auto_answer'; on: boolean }
  | { kind: 'mine'; callId: string | null }
  /** `auto`: this agent asked for the call, so their phone does not ask. */
  | { kind: 'invited'; callId: string; auto?: boolean }
  | { kind: 'answer' }
  | { kind: 'answer_failed' }
  | { kind: 'connected' }
  | { kind: 'ended' }
  | { kind: 'toggle_mute' }
  | { kind: 'toggle_hold' }
  | { kind: 'digit'; digit: string }
  | { kind: 'hang_up' }

export type Action =
  | { do: 'ring' }
  | { do: 'stop_ringing' }
  | { do: 'short_tone' }
  | { do: 'answer' }
  | { do: 'busy' }
  | { do: 'mute'; on: boolean }
  | { do: 'hold'; on: boolean }
  | { do: 'renegotiate' }
  | { do: 'send_digit'; digit: string }
  | { do: 'hang_up' }

export const phoneOff: PhoneState = { line: 'off', microphone: 'unasked', call: null, autoAnswer: false, mine: null }

type Step = [PhoneState, Action[]]
const DIGITS = /^[0-9*#]$/

/** Give the next state and what is to be done. An event that does not fit changes nothing and does nothing. */
export function step(state: PhoneState, event: PhoneEvent): Step {
  switch (event.kind) {
    case 'connecting':
      return [{ ...state, line: state.line === 'lost' ? 'lost' : 'connecting' }, []]
    case 'registered':
      return registered(state)
    case 'line_lost':
      return [{ ...state, line: 'lost', call: state.call && { ...state.call, dropped: true } }, []]
    case 'line_refused':
      return [{ ...state, line: 'refused' }, []]
    case 'stopped':
      return [{ ...state, line: 'off', call: null }, [{ do: 'stop_ringing' }]]
    case 'microphone':
      return [{ ...state, microphone: event.is }, []]
    case 'auto_answer':
      return [{ ...state, autoAnswer: event.on }, []]
    case 'mine':
      return [{ ...state, mine: event.callId }, []]
    case 'invited':
      return invited(state, event.callId, event.auto ?? false)
    case 'answer':
      return answer(state)
    case 'answer_failed':
    case 'ended':
      return state.call ? [{ ...state, call: null }, [{ do: 'stop_ringing' }]] : [state, []]
    case 'connected':
      return state.call ? [{ ...state, mine: state.call.callId, call: { ...state.call, stage: 'talking' } }, []] : [state, []]
    default:
      return state.call?.stage === 'talking' ? duringCall(state, state.call, event) : [state, []]
  }
}

function registered(state: PhoneState): Step {
  const next: PhoneState = { ...state, line: 'registered' }
  if (!state.call?.dropped) return [next, []]
  // Asterisk still holds the dead socket as the call's address; a re-INVITE tells it the new one.
  return [{ ...next, call: { ...state.call, dropped: false } }, state.call.stage === 'talking' ? [{ do: 'renegotiate' }] : []]
}

function invited(state: PhoneState, callId: string, auto: boolean): Step {
  if (state.call) return [state, [{ do: 'busy' }]]
  const call: PhoneCall = { callId, stage: 'ringing', held: false, muted: false, dropped: false }
  const ringing: PhoneState = { ...state, call }
  // The caller of a conversation that was cut off is already waiting for this agent: no ringing, no question.
  if (callId !== '' && callId === state.mine) return answer(ringing)
  if (state.autoAnswer || auto) {
    const [next, actions] = answer(ringing)
    return [next, [{ do: 'short_tone' }, ...actions]]
  }
  return [ringing, [{ do: 'ring' }]]
}

function answer(state: PhoneState): Step {
  if (state.call?.stage !== 'ringing') return [state, []]
  return [{ ...state, call: { ...state.call, stage: 'answering' } }, [{ do: 'stop_ringing' }, { do: 'answer' }]]
}

function duringCall(state: PhoneState, call: PhoneCall, event: PhoneEvent): Step {
  switch (event.kind) {
    case 'toggle_mute':
      return [{ ...state, call: { ...call, muted: !call.muted } }, [{ do: 'mute', on: !call.muted }]]
    case 'toggle_hold':
      return [{ ...state, call: { ...call, held: !call.held } }, [{ do: 'hold', on: !call.held }]]
    case 'hang_up':
      return [state, [{ do: 'hang_up' }]]
    case 'digit':
      return DIGITS.test(event.digit) && !call.held ? [state, [{ do: 'send_digit', digit: event.digit }]] : [state, []]
    default:
      return [state, []]
  }
}
