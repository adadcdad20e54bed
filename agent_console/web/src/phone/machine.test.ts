import { describe, expect, test } from 'vitest'
import { phoneOff, step, type Action, type PhoneEvent, type PhoneState } from './machine'

function play(events: PhoneEvent[], from: PhoneState = phoneOff): [PhoneState, Action[]] {
  let state = from
  const all: Action[] = []
  for (const event of events) {
    const [next, actions] = step(state, event)
    state = next
    all.push(...actions)
  }
  return [state, all]
}
const talking: PhoneEvent[] = [
  { kind: 'registered' }, { kind: 'invited', callId: 'c1' }, { kind: 'answer' }, { kind: 'connected' },
]

describe('a call', () => {
  test('rings, is answered, ends', () => {
    const [state, actions] = play(talking)
    expect(state.call).toMatchObject({ callId: 'c1', stage: 'talking', held: false, muted: false })
    expect(actions.map((a) => a.do)).toEqual(['ring', 'stop_ringing', 'answer'])
    expect(play([{ kind: 'ended' }], state)[0].call).toBeNull()
  })

  test('pressing Answer twice answers once', () => {
    const [, actions] = play([{ kind: 'invited', callId: 'c1' }, { kind: 'answer' }, { kind: 'answer' }])
    expect(actions.filter((a) => a.do === 'answer')).toHaveLength(1)
  })

  test('a caller who gives up while it rings stops the ringing', () => {
    const [state, actions] = play([{ kind: 'invited', callId: 'c1' }, { kind: 'ended' }])
    expect(state.call).toBeNull()
    expect(actions.at(-1)).toEqual({ do: 'stop_ringing' })
  })

  test('a second call during the first is refused and does not disturb it', () => {
    const [state, actions] = play([...talking, { kind: 'invited', callId: 'c2' }])
    expect(state.call?.callId).toBe('c1')
    expect(actions.at(-1)).toEqual({ do: 'busy' })
  })

  test('is hung up here only while talking', () => {
    expect(play([...talking, { kind: 'hang_up' }])[1].at(-1)).toEqual({ do: 'hang_up' })
    expect(play([{ kind: 'invited', callId: 'c1' }, { kind: 'hang_up' }])[1].map((a) => a.do)).toEqual(['ring'])
  })

  test('auto-answer sounds a short tone first', () => {
    const [, actions] = play([{ kind: 'auto_answer', on: true }, { kind: 'invited', callId: 'c1' }])
    expect(actions.map((a) => a.do)).toEqual(['short_tone', 'stop_ringing', 'answer'])
  })

  test('the call that this agent asked for is answered in the same way, and during a call it is refused', () => {
    expect(play([{ kind: 'invited', callId: 'c1', auto: true }])[1].map((a) => a.do)).toEqual(['short_tone', 'stop_ringing', 'answer'])
    expect(play([...talking, { kind: 'invited', callId: 'c2', auto: true }])[1].at(-1)).toEqual({ do: 'busy' })
  })
})

describe('coming back to a call', () => {
  test('the redial of a conversation that was cut off is answered at once and without a tone', () => {
    const [state, actions] = play([{ kind: 'mine', callId: 'c1' }, { kind: 'invited', callId: 'c1' }])
    expect(state.call?.stage).toBe('answering')
    expect(actions.map((a) => a.do)).toEqual(['stop_ringing', 'answer'])
  })

  test('another call is not', () => {
    const [state] = play([{ kind: 'mine', callId: 'c1' }, { kind: 'invited', callId: 'c2' }])
    expect(state.call?.stage).toBe('ringing')
  })

  test('a call without an id is never taken for the one that was cut off', () => {
    const [state] = play([{ kind: 'mine', callId: '' }, { kind: 'invited', callId: '' }])
    expect(state.call?.stage).toBe('ringing')
  })

  test('the socket drops during a call: it is renegotiated once the line is back, and only once', () => {
    const [state, actions] = play([...talking, { kind: 'line_lost' }, { kind: 'connecting' }, { kind: 'registered' }, { kind: 'registered' }])
    expect(actions.filter((a) => a.do === 'renegotiate')).toHaveLength(1)
    expect(state).toMatchObject({ line: 'registered', call: { dropped: false, stage: 'talking' } })
  })
})

describe('during a call', () => {
  test('mute and hold go on and off', () => {
    const [, actions] = play([{ kind: 'toggle_mute' }, { kind: 'toggle_hold' }, { kind: 'toggle_mute' }, { kind: 'toggle_hold' }], play(talking)[0])
    expect(actions).toEqual([
      { do: 'mute', on: true }, { do: 'hold', on: true }, { do: 'mute', on: false }, { do: 'hold', on: false },
    ])
  })

  test('only keys of a telephone are sent', () => {
    const [, actions] = play(['5', '#', 'A', '12', ''].map((digit) => ({ kind: 'digit', digit }) as const), play(talking)[0])
    expect(actions).toEqual([{ do: 'send_digit', digit: '5' }, { do: 'send_digit', digit: '#' }])
  })

  test('none of it does anything when nobody is on the line', () => {
    for (const kind of ['toggle_mute', 'toggle_hold', 'answer', 'connected', 'ended'] as const) {
      expect(step(phoneOff, { kind })).toEqual([phoneOff, []])
    }
  })
})
