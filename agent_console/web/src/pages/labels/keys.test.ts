import { expect, test } from 'vitest'
import { deedOf } from './keys'

const options = { '1': 'identity card', '0': 'agent', '*': 'go back' }

test('the keys of the telephone choose the menu option', () => {
  expect(deedOf('1', options, false)).toEqual({ label: 'option', option: '1' })
  expect(deedOf('*', options, false)).toEqual({ label: 'option', option: '*' })
  expect(deedOf('7', options, false)).toBeNull()
})

test('letters and space do the rest, and nothing happens while somebody types', () => {
  expect([' ', 'U', 'w'].map((key) => deedOf(key, options, false))).toEqual(['play', 'undo', 'type'])
  expect(deedOf('n', options, false)).toEqual({ label: 'nothing' })
  expect(deedOf('s', options, false)).toEqual({ label: 'skipped' })
  expect([' ', '1', 'u', 's'].map((key) => deedOf(key, options, true))).toEqual([null, null, null, null])
})
