import { expect, test } from 'vitest'
import type { SaidLine } from '../../generated/messages'
import { heard, nothingSaid } from './captions'

const line = (n: number): SaidLine => ({ n, language: 'en', text: `line ${n}` })

test('lines come once and in order, and who is on the line stays known', () => {
  const first = heard(nothingSaid, { with_whom: 'machine', said: [line(1), line(2)] })
  const again = heard(first, { with_whom: 'machine', said: [line(2), line(3)] })
  expect(again.lines.map(({ n }) => n)).toEqual([1, 2, 3])
  expect(heard(again, { with_whom: null, said: [] })).toEqual({ lines: again.lines, withWhom: 'machine' })
})

test('a long call keeps its last lines', () => {
  const lines = Array.from({ length: 40 }, (_, n) => line(n + 1))
  const shown = heard(nothingSaid, { with_whom: 'line', said: lines }).lines
  expect([shown.length, shown[0]?.n, shown.at(-1)?.n]).toEqual([30, 11, 40])
})
