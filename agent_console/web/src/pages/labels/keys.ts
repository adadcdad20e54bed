// What a key does while words are labelled. Digits, * and 0 mean what they mean on the telephone.
import type { LabelBody } from '../../generated/messages'

export type Deed = 'play' | 'undo' | 'type' | LabelBody

/** Null: the key does nothing here, or belongs to a field that is typed in. */
export function deedOf(key: string, options: Record<string, string>, typing: boolean): Deed | null {
  if (typing) return null
  if (key in options) return { label: 'option', option: key }
  switch (key.toLowerCase()) {
    case ' ': return 'play'
    case 'u': return 'undo'
    case 'w': return 'type'
    case 'n': return { label: 'nothing' }
    case 's': return { label: 'skipped' }
    default: return null
  }
}
