// What was typed or chosen and is not saved yet: kept on this device, so that a reload loses none of it.
import { useState } from 'react'

const PREFIX = 'huduma-kept:'
/** What nobody came back to for so long is thrown away. */
const OLD_MS = 24 * 3600_000

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>
type Kept<T> = { at: number; value: T }

/** What was kept under a name, over `first`; something that cannot be read is nothing. */
export function take<T extends object>(shelf: Shelf, name: string, first: T): T {
  try {
    const kept = JSON.parse(shelf.getItem(PREFIX + name) ?? 'null') as Kept<T> | null
    return kept && typeof kept.value === 'object' ? { ...first, ...kept.value } : first
  } catch {
    return first
  }
}

/** Keep it, and throw away what is old. A full shelf costs the safety alone. */
export function keep<T extends object>(shelf: Shelf, name: string, value: T, now: number): void {
  const names = Array.from({ length: shelf.length }, (_, n) => shelf.key(n)).filter((key) => key?.startsWith(PREFIX)) as string[]
  for (const key of names) if (now - ageOf(shelf.getItem(key)) > OLD_MS) shelf.removeItem(key)
  try {
    shelf.setItem(PREFIX + name, JSON.stringify({ at: now, value } satisfies Kept<T>))
  } catch {
    // no room
  }
}

function ageOf(text: string | null): number {
  try {
    return (JSON.parse(text ?? '') as Kept<unknown>).at || 0
  } catch {
    return 0
  }
}

/** A form's state that outlives the page until it is forgotten, which is when it was saved. */
export function useKept<T extends object>(name: string, first: T): [T, (change: Partial<T>) => void, () => void] {
  const [value, setValue] = useState<T>(() => take(localStorage, name, first))
  const change = (part: Partial<T>) =>
    setValue((was) => {
      const next = { ...was, ...part }
      keep(localStorage, name, next, Date.now())
      return next
    })
  const forget = () => {
    localStorage.removeItem(PREFIX + name)
    setValue(first)
  }
  return [value, change, forget]
}
