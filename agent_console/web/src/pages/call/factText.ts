import type { Words } from '../../words/en'

/** A fact's kind in words; one that is newer than this page is shown by its own name. */
export function factText(kind: string, words: Words): string {
  return kind in words.fact ? words.fact[kind as keyof Words['fact']] : kind.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
}
