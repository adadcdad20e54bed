import { expect, test } from 'vitest'
import { clock, percent, since, timeOfDay, until } from './durations'

test('durations read m:ss and, from an hour on, h:mm:ss', () => {
  expect([0, 9.9, 72, 3599, 3600, 3725].map(clock)).toEqual(['0:00', '0:09', '1:12', '59:59', '1:00:00', '1:02:05'])
})

test('a clock that runs behind never shows a negative duration', () => {
  expect(clock(since('2026-01-01T10:00:05Z', Date.parse('2026-01-01T10:00:00Z')))).toBe('0:00')
})

test('a countdown reaches zero exactly when it ends', () => {
  const end = '2026-01-01T10:00:05Z'
  expect(until(end, Date.parse('2026-01-01T10:00:04.900Z'))).toBe(1)
  expect(until(end, Date.parse('2026-01-01T10:00:05Z'))).toBe(0)
})

test('times are the centre’s, whatever the desk’s own clock says', () => {
  expect(timeOfDay('2026-01-01T21:30:00Z', 'Africa/Nairobi')).toBe('00:30')
})

test('a share just under its target is not rounded up to it', () => {
  expect([0.799, 0.8, 1, 0.29].map(percent)).toEqual(['79 %', '80 %', '100 %', '29 %'])
})
