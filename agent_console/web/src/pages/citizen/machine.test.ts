import { expect, test } from 'vitest'
import { atRest, next, poorLooks, problemOf, SLOW_FROM, type CitizenEvent } from './machine'

const play = (...events: CitizenEvent[]) => events.reduce(next, atRest)
const up: CitizenEvent[] = [{ kind: 'call' }, { kind: 'line' }, { kind: 'answered', at: 5 }]

test('one call from the button to the end', () => {
  expect(play(...up)).toEqual({ stage: 'talking', problem: null, startedAt: 5 })
  expect(play(...up, { kind: 'over' }).stage).toBe('ended')
})

test('pressing the button twice places one call', () => {
  expect(play({ kind: 'call' }, { kind: 'line' }, { kind: 'call' }).stage).toBe('connecting')
})

test('an answer that comes after the citizen gave up changes nothing', () => {
  expect(play({ kind: 'call' }, { kind: 'line' }, { kind: 'over' }, { kind: 'answered', at: 5 })).toEqual(atRest)
})

test('a refusal says what to do, and a late one does not disturb the end', () => {
  expect(play({ kind: 'call' }, { kind: 'problem', what: problemOf(429, 'too_many') })).toEqual({ stage: 'idle', problem: 'tooMany' })
  expect(play(...up, { kind: 'over' }, { kind: 'problem', what: 'failed' }).stage).toBe('ended')
  expect(problemOf(409, 'all_busy')).toBe('busy')
  expect(problemOf(503, 'link_lost')).toBe('failed')
})

test('the network is called slow after two poor looks in a row, and no longer after a good one', () => {
  const looks = (...verdicts: Parameters<typeof poorLooks>[1][]) => verdicts.reduce(poorLooks, 0) >= SLOW_FROM
  expect(looks('weak')).toBe(false)
  expect(looks('weak', 'bad')).toBe(true)
  expect(looks('weak', 'good', 'weak')).toBe(false)
  expect(looks('silent', 'silent', 'silent')).toBe(false) // the line says nothing while it waits for a key
})
