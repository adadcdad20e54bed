// The note of a call: saved as it is typed, and kept on this device until the server has it.
import { Textarea } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { api } from '../../api'
import { useWords } from '../../words'
import css from './agent.module.css'

const QUIET_MS = 800
const AGAIN_MS = 5000
const MOST = 4000
const STILL_TYPING_MS = 4000
/** When a call ends while its note is being typed, the typing goes on in the panel that follows. */
let lastKey = { callId: '', at: 0 }

export type NoteState = { text: string; saved: 'saved' | 'saving' | 'local'; write: (text: string) => void; forget: () => void; now: () => Promise<void> }

export function useNote(callId: string, first: string): NoteState {
  const key = `huduma-note:${callId}`
  const [text, setText] = useState(() => localStorage.getItem(key) ?? first)
  const [saved, setSaved] = useState<NoteState['saved']>(() => (localStorage.getItem(key) === null ? 'saved' : 'local'))
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(text)
  latest.current = text

  const send = async () => {
    const sent = latest.current
    setSaved('saving')
    try {
      await api.note(callId, sent)
      if (latest.current !== sent) return
      localStorage.removeItem(key)
      setSaved('saved')
    } catch {
      setSaved('local')
      timer.current = setTimeout(() => void send(), AGAIN_MS)
    }
  }
  useEffect(() => {
    if (localStorage.getItem(key) !== null) void send()
    if (lastKey.callId === callId && Date.now() - lastKey.at < STILL_TYPING_MS) {
      const field = document.getElementById('note') as HTMLTextAreaElement | null
      field?.focus()
      field?.setSelectionRange(field.value.length, field.value.length)
    }
    return () => {
      clearTimeout(timer.current)
      // What was typed in the last moment is still in localStorage; say it once more on the way out.
      if (localStorage.getItem(key) !== null) void api.note(callId, latest.current).then(() => localStorage.removeItem(key), () => undefined)
    }
  }, [callId])

  return {
    text, saved,
    write: (next) => {
      const kept = next.slice(0, MOST)
      localStorage.setItem(key, kept)
      lastKey = { callId, at: Date.now() }
      setText(kept)
      setSaved('saving')
      clearTimeout(timer.current)
      timer.current = setTimeout(() => void send(), QUIET_MS)
    },
    /** Send what is not sent yet, before somebody else is to read it. */
    now: async () => {
      clearTimeout(timer.current)
      if (localStorage.getItem(key) !== null) await send()
    },
    forget: () => {
      clearTimeout(timer.current)
      localStorage.removeItem(key)
      setSaved('saved')
    },
  }
}

export function Notes({ note, rows = 7 }: { note: NoteState; rows?: number }) {
  const { words } = useWords()
  return (
    <div className={css.notes}>
      <div className={css.notesHead}><label htmlFor="note">{words.note.label} <kbd aria-hidden="true">N</kbd></label><span className="small quiet" role="status">{note.text && words.note[note.saved]}</span></div>
      <Textarea id="note" value={note.text} onChange={(event) => note.write(event.currentTarget.value)} minRows={rows} maxRows={14} autosize placeholder={words.note.placeholder} maxLength={MOST} />
    </div>
  )
}
