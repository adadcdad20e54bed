// For anybody, on any small phone: one button, the number beside it, a keypad during the call.
import { useEffect, useReducer, useRef, useState } from 'react'
import { api } from '../../api'
import type { SaidLine } from '../../generated/messages'
import { clock } from '../../live/durations'
import { allowSound } from '../../phone/tones'
import './citizen.css'
import { useSaid } from './captions'
import { atRest, next, poorLooks, SLOW_FROM } from './machine'
import { WebCall } from './webCall'
import { words, type Language } from './words'

const KEY = 'huduma-language'

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEY) ?? navigator.language
  return kept.toLowerCase().startsWith('sw') ? 'sw' : 'en'
}

export function CitizenPage() {
  const [language, setLanguage] = useState<Language>(firstLanguage)
  const [state, tell] = useReducer(next, atRest)
  const [muted, setMuted] = useState(false)
  const [prefix, setPrefix] = useState('')
  const call = useRef<WebCall | null>(null)
  const [poor, looked] = useReducer(poorLooks, 0)
  const said = useSaid(state.stage === 'talking' ? (call.current?.key ?? null) : null)
  const t = words[language]
  const busy = state.stage === 'asking' || state.stage === 'connecting' || state.stage === 'talking'

  useEffect(() => {
    document.documentElement.lang = language
    document.title = t.title
  }, [language, t])
  useEffect(() => {
    void api.health().then((health) => setPrefix(health.prefix), () => undefined)
  }, [])
  useEffect(() => {
    const leave = () => call.current?.end()
    addEventListener('pagehide', leave)
    return () => removeEventListener('pagehide', leave)
  }, [])

  const speak = (choice: Language) => {
    localStorage.setItem(KEY, choice)
    setLanguage(choice)
  }
  const start = () => {
    allowSound()
    setMuted(false)
    tell({ kind: 'call' })
    looked('good')
    call.current = new WebCall(tell, looked)
    void call.current.start(language)
  }
  const slow = state.stage === 'talking' && poor >= SLOW_FROM
  const now = state.stage === 'talking' && said.withWhom !== null && said.withWhom !== 'machine' ? t[said.withWhom] : state.stage === 'idle' ? (state.problem ? t[state.problem] : '') : t[state.stage]
  return (
    <div className="citizen">
      <header>
        <span className="name"><img src="/icon.svg" alt="" width="30" height="30" />Huduma</span>
        <div className="languages" role="group" aria-label={t.language}>
          {(['en', 'sw'] as const).map((choice) => <button key={choice} type="button" lang={choice} aria-pressed={language === choice} disabled={busy} onClick={() => speak(choice)}>{choice === 'en' ? 'English' : 'Kiswahili'}</button>)}
        </div>
      </header>
      <main>
        {!busy && <><h1>{t.title}</h1><p className="lead">{t.lead}</p></>}
        {busy && <h1 className="live">{state.stage === 'talking' ? <Timer from={state.startedAt} /> : t[state.stage]}</h1>}
        <p className={`said ${state.problem ? 'problem' : ''}`} role="status">{state.stage === 'asking' || state.stage === 'connecting' ? '' : now}</p>
        {slow && <p className="said problem" role="status">{t.weak}</p>}
        {state.stage === 'talking' && (
          <>
            {said.lines.length > 0 && said.withWhom !== 'person' && <Captions lines={said.lines} label={t.captions} />}
            <p className="hint">{t.keypadHint}</p>
            <div className="keypad" role="group" aria-label={t.keypad}>{[...'123456789*0#'].map((digit) => <button key={digit} type="button" onClick={() => call.current?.digit(digit)}>{digit}</button>)}</div>
            <button type="button" className="mute" aria-pressed={muted} onClick={() => { call.current?.mute(!muted); setMuted(!muted) }}>{muted ? t.unmute : t.mute}</button>
          </>
        )}
        {busy ? <button type="button" className="big end" onClick={() => call.current?.end()}><Receiver down />{t.end}</button>
          : <><button type="button" className="big" onClick={start}><Receiver />{state.stage === 'ended' ? t.again : t.call}</button><p className="hint">{t.permission}</p></>}
        {!busy && prefix && <p className="dial">{t.free}<a href={`tel:${prefix}`}>{prefix}</a></p>}
      </main>
      <footer>{t.private}</footer>
    </div>
  )
}

/** The newest words in sight, older ones above them. They are heard already, so they are not read out a second time. */
function Captions({ lines, label }: { lines: SaidLine[]; label: string }) {
  const end = useRef<HTMLOListElement>(null)
  const last = lines.at(-1)?.n
  useEffect(() => {
    const list = end.current
    const newest = list?.lastElementChild as HTMLElement | null | undefined
    if (list && newest) list.scrollTop = newest.offsetTop - list.offsetTop
  }, [last])
  return <ol className="captions" ref={end} tabIndex={0} aria-label={label} aria-live="off">{lines.map((line) => <li key={line.n} lang={line.language}>{line.text}</li>)}</ol>
}

function Timer({ from }: { from: number }) {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  return <span className="timer" aria-live="off">{clock((now - from) / 1000)}</span>
}

function Receiver({ down }: { down?: boolean }) {
  return <svg width="28" height="28" viewBox="0 0 24 24" aria-hidden="true" fill="currentColor" style={down ? { transform: 'rotate(135deg)' } : undefined}><path d="M5 3h4l2 5-2.5 1.7a11 11 0 0 0 5.8 5.8L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2" /></svg>
}
