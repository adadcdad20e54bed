import { describe, expect, test } from 'vitest'
import type { AgentView, CallCard } from '../generated/messages'
import { apply, backoff, lost, nothingYet } from './state'

const me = { agent_id: 7, state: 'ready' } as AgentView
const call = { call_id: 'c1', state: 'offered' } as CallCard
const at = Date.parse('2026-01-01T10:00:00Z')
const snapshot = { type: 'snapshot', position: 10, server_time: '2026-01-01T10:00:30Z', me, call } as const

describe('snapshot and deltas', () => {
  test('a snapshot replaces everything and sets the clock', () => {
    const state = apply(nothingYet, snapshot, at)
    expect(state).toMatchObject({ link: 'live', position: 10, clockOffset: 30_000, call: { call_id: 'c1' }, board: null })
  })

  test('a field that a delta leaves out is unchanged, and call: null ends the call', () => {
    const first = apply(nothingYet, snapshot, at)
    const second = apply(first, { type: 'delta', position: 11, me: { ...me, state: 'wrap_up' } }, at)
    expect(second).toMatchObject({ me: { state: 'wrap_up' }, call: { call_id: 'c1' }, position: 11 })
    expect(apply(second, { type: 'delta', position: 12, call: null }, at).call).toBeNull()
  })

  test('a delta that a snapshot overtook changes nothing', () => {
    const state = apply(nothingYet, snapshot, at)
    expect(apply(state, { type: 'delta', position: 9, call: null }, at)).toBe(state)
  })
})

describe('the link', () => {
  test('a lost socket keeps what is on the screen', () => {
    const state = lost(apply(nothingYet, snapshot, at))
    expect(state).toMatchObject({ link: 'reconnecting', call: { call_id: 'c1' }, position: 10 })
  })

  test('after coming back with nothing new, a pong is proof enough', () => {
    const state = lost(apply(nothingYet, snapshot, at))
    expect(apply(state, { type: 'pong' }, at).link).toBe('live')
    expect(apply(nothingYet, { type: 'pong' }, at).link).toBe('connecting')
  })

  test('a tab whose calls went elsewhere does not fight for them', () => {
    const taken = apply(apply(nothingYet, snapshot, at), { type: 'taken_over', by: 'tab' }, at)
    expect(lost(taken)).toMatchObject({ link: 'taken', takenBy: 'tab' })
    expect(lost(apply(nothingYet, { type: 'tab_busy' }, at)).link).toBe('busy')
  })

  test('a tab without the calls is shown what happens, and is not live by that', () => {
    const busy = apply(nothingYet, { type: 'tab_busy' }, at)
    const shown = apply(busy, snapshot, at)
    expect(shown).toMatchObject({ link: 'busy', call: { call_id: 'c1' } })
    expect(apply(shown, { type: 'delta', position: 11, call: null }, at)).toMatchObject({ link: 'busy', call: null })
  })

  test('waiting grows to ten seconds and is spread', () => {
    expect([0, 1, 2, 9].map((n) => backoff(n, 1))).toEqual([500, 1000, 2000, 10_000])
    expect(backoff(9, 0)).toBe(5000)
  })
})
