// One key each for what an agent does all day. They rest while somebody types or a dialog is open.
import { useEffect, useRef } from 'react'

type Key = 'answer' | 'mute' | 'hold' | 'keypad' | 'transfer' | 'end' | 'ready' | 'notes' | 'help'
export type Shortcuts = Record<Key, (() => void) | null> & { digit: ((digit: string) => void) | null }

const keys: Record<string, Key> = { m: 'mute', h: 'hold', k: 'keypad', t: 'transfer', e: 'end', r: 'ready', n: 'notes', '?': 'help' }

function rests(target: EventTarget | null): boolean {
  const element = target instanceof HTMLElement ? target : null
  return element?.closest('input, textarea, select, [contenteditable], [role="dialog"], [role="menu"], [role="listbox"]') != null
}

export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && event.target instanceof HTMLTextAreaElement) event.target.blur()
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || rests(event.target)) return
      const now = latest.current
      const isAnswer = event.key === ' ' || event.key === 'Enter'
      // On another button, Space and Enter belong to that button.
      if (isAnswer && event.target instanceof HTMLElement && event.target.closest('button, a, audio, [role="radio"]')) return
      const act = isAnswer ? now.answer : /^[0-9*#]$/.test(event.key) ? now.digit && (() => now.digit?.(event.key)) : now[keys[event.key.toLowerCase()] ?? 'none' as Key]
      if (!act) return
      event.preventDefault()
      act()
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
}
