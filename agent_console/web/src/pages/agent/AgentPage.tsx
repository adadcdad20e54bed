import { Button } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import type { PageProps } from '../../console'
import { useLoaded } from '../../kit/loaded'
import { Notice, Shell } from '../../kit/shell'
import { Loading, refusal } from '../../kit/states'
import { api } from '../../api'
import { allowSound } from '../../phone/tones'
import { useWords } from '../../words'
import css from './agent.module.css'
import { CallColumn } from './CallColumn'
import { CitizenColumn } from './CitizenColumn'
import { MyColumn } from './MyColumn'
import { Announcements } from './Announcements'
import { ShortcutsHelp } from './ShortcutsHelp'
import { useShortcuts } from './shortcuts'
import { useDesk } from './useDesk'

export default function AgentPage({ me, setMe, signedOut }: PageProps) {
  const { words } = useWords()
  const desk = useDesk(me, signedOut)
  const { live, phone, softphone, ask } = desk
  const [help, setHelp] = useState(false)
  const [keypad, setKeypad] = useState(false)
  const [handing, setHanding] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const reasons = useLoaded('reasons', api.pauseReasons)

  const request: typeof ask = async (asked) => {
    const outcome = await ask(asked)
    setProblem(outcome.accepted ? null : refusal(outcome.reason, outcome.message, words))
    return outcome
  }
  const inCall = phone.call?.stage === 'talking'
  const callId = live.call?.call_id
  useEffect(() => setProblem(null), [callId, live.me?.state])
  useEffect(() => {
    if (!inCall) {
      setKeypad(false)
      setHanding(false)
    }
  }, [inCall])
  useEffect(() => {
    addEventListener('pointerdown', allowSound, { once: true })
    addEventListener('keydown', allowSound, { once: true })
  }, [])

  useShortcuts({
    answer: phone.call?.stage === 'ringing' ? () => softphone.happened({ kind: 'answer' }) : null,
    mute: inCall ? () => softphone.happened({ kind: 'toggle_mute' }) : null,
    hold: inCall ? () => softphone.happened({ kind: 'toggle_hold' }) : null,
    keypad: inCall ? () => setKeypad((open) => !open) : null,
    transfer: inCall ? () => setHanding((open) => !open) : null,
    end: inCall && callId ? () => void request({ what: 'end_call', call_id: callId }) : null,
    ready: live.me?.state === 'paused' ? () => void request({ what: 'ready' }) : null,
    notes: () => document.getElementById('note')?.focus(),
    help: () => setHelp(true),
    digit: keypad && inCall ? (digit) => softphone.happened({ kind: 'digit', digit }) : null,
  })

  const notice = useMemo(() => {
    if (live.link === 'reconnecting') return <Notice>{live.call && live.call.state !== 'ended' ? words.link.reconnectingCall : words.link.reconnecting}</Notice>
    if (live.link === 'busy' || live.link === 'taken') {
      const text = live.link === 'busy' ? words.link.busyText : live.takenBy === 'tab' ? words.link.takenByTab : words.link.takenBySignIn
      return <Notice><strong>{live.link === 'busy' ? words.link.busyTitle : words.link.takenTitle}.</strong> {text} <Button size="compact-sm" onClick={desk.takeOver}>{words.link.takeOver}</Button></Notice>
    }
    return problem && <Notice bad>{problem}</Notice>
  }, [live, words, problem, desk.takeOver])

  const shows = live.position !== null || live.link === 'busy'
  return (
    <Shell me={me} onMe={setMe} notice={notice} onSignOut={() => void desk.signOut()} onShortcuts={() => setHelp(true)}>
      <Announcements live={live} phone={phone} />
      <h1 className="sr">{words.app.name}</h1>
      {!shows ? <Loading /> : (
        <div className={css.columns}>
          <section className={css.column} aria-label={words.state.label}><MyColumn desk={desk} request={request} reasons={reasons.value ?? []} /></section>
          <section className={css.column} aria-label={words.call.region}><CallColumn desk={desk} me={me} request={request} keypad={keypad} setKeypad={setKeypad} handing={handing} setHanding={setHanding} reasons={reasons.value ?? []} /></section>
          <section className={css.column} aria-label={words.citizen.region}><CitizenColumn me={me} live={live} /></section>
        </div>
      )}
      <ShortcutsHelp opened={help} onClose={() => setHelp(false)} />
    </Shell>
  )
}
