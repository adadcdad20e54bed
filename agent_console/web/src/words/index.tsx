// Which language the pages speak. The choice is remembered on this device and told to the browser and screen readers.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { en, type Words } from './en'
import { sw } from './sw'

export type Language = 'en' | 'sw'
const KEY = 'huduma-language'
const dictionaries: Record<Language, Words> = { en, sw }

export function firstLanguage(stored: string | null, browser: string): Language {
  if (stored === 'en' || stored === 'sw') return stored
  return browser.toLowerCase().startsWith('sw') ? 'sw' : 'en'
}

type Speaking = { words: Words; language: Language; speak: (language: Language) => void }
const Speech = createContext<Speaking>({ words: en, language: 'en', speak: () => undefined })

export function WordsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => firstLanguage(localStorage.getItem(KEY), navigator.language))
  useEffect(() => {
    document.documentElement.lang = language
  }, [language])
  const value = useMemo<Speaking>(
    () => ({
      words: dictionaries[language],
      language,
      speak: (next) => {
        localStorage.setItem(KEY, next)
        setLanguage(next)
      },
    }),
    [language],
  )
  return <Speech value={value}>{children}</Speech>
}

export const useWords = (): Speaking => useContext(Speech)

/** A text that the server sent in both languages, in the reader's; English where a translation is missing. */
export function inLanguage(text: Record<string, string> | null | undefined, language: Language): string {
  return text?.[language] ?? text?.en ?? ''
}
