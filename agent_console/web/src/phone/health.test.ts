import { expect, test } from 'vitest'
import { between, verdict } from './health'

const start = { lost: 10, received: 1000, roundTripMs: 40, jitterMs: 2 }

test('only what happened since the last look counts', () => {
  expect(between(start, { ...start, lost: 15, received: 1095 }).lossPercent).toBe(5)
})

test('verdicts', () => {
  const healthy = { lossPercent: 0, roundTripMs: 40, jitterMs: 2 }
  expect(verdict(healthy)).toBe('good')
  expect(verdict({ ...healthy, lossPercent: 3 })).toBe('weak')
  expect(verdict({ ...healthy, roundTripMs: 600 })).toBe('bad')
  expect(verdict(between(start, start))).toBe('silent')
})
