import { expect, test } from 'vitest'
import { keep, take } from './kept'

function shelf() {
  const held = new Map<string, string>()
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
    key: (n: number) => [...held.keys()][n] ?? null,
    get length() {
      return held.size
    },
  }
}
const first = { text: '', status: null as string | null }

test('what was typed is there again, and only under its own name', () => {
  const mine = shelf()
  keep(mine, 'case:7', { text: 'birth certificate', status: null }, 1)
  expect(take(mine, 'case:7', first)).toEqual({ text: 'birth certificate', status: null })
  expect(take(mine, 'case:8', first)).toEqual(first)
})

test('what nobody came back to for a day is thrown away, and nothing else', () => {
  const mine = shelf()
  mine.setItem('huduma-language', 'sw')
  keep(mine, 'old', { ...first, text: 'old' }, 0)
  keep(mine, 'new', { ...first, text: 'new' }, 25 * 3600_000)
  expect([take(mine, 'old', first).text, take(mine, 'new', first).text, mine.getItem('huduma-language')]).toEqual(['', 'new', 'sw'])
})

test.each(['', '{', '7', '{"at":1}', '{"at":1,"value":"x"}'])('something unreadable is nothing: %s', (text) => {
  const mine = shelf()
  mine.setItem('huduma-kept:a', text)
  expect(take(mine, 'a', first)).toEqual(first)
})
