// During the call: the timer, the controls, the notes. End stands apart from Mute: it cannot be undone.
import { Button, Tooltip } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import type { CallCard } from '../../generated/messages'
import { Icon, type IconName } from '../../kit/icons'
import { useNow } from '../../kit/now'
import { clock, since } from '../../live/durations'
import { useWords } from '../../words'
import css from './agent.module.css'
import type { CallProps } from './CallColumn'
import { Notes, useNote } from './notes'
import { CallFacts, Caller } from './OfferCard'
import { TransferPanel } from './TransferPanel'
import { TransferStrip } from './TransferStrip'

export function TalkPanel({ call, desk, request, keypad, setKeypad, handing, setHanding }: CallProps & { call: CallCard }) {
  const { words } = useWords()
  const now = useNow(desk.live.clockOffset)
  const note = useNote(call.call_id, call.note)
  const [ending, setEnding] = useState(false)
  const { phone, softphone } = desk
  const leg = phone.call?.stage === 'talking' ? phone.call : null
  const { transfer } = call
  const away = call.state === 'transferring'
  const rejoining = call.state === 'rejoining' || (!leg && !transfer && call.state !== 'ended')
  const stage = rejoining ? words.call.rejoining : away ? words.transfer.stage : leg?.held ? words.call.onHold : words.call.talking
  const end = async () => {
    setEnding(true)
    await request({ what: 'end_call', call_id: call.call_id })
    setEnding(false)
  }
  return (
    <article className={css.talk}>
      <header className={css.talkHead}>
        <Caller call={call} />
        <div className={css.timer}><span className={`${css.timerText} num`}>{clock(since(call.answered_at ?? call.state_since, now))}</span><span className={leg?.held || rejoining || away ? css.timerHeld : css.timerStage}>{stage}</span></div>
      </header>
      {rejoining && <p className={css.warning} role="status"><Icon name="warn" />{words.call.rejoiningHint}</p>}
      <div className={css.controls} role="group" aria-label={words.call.controls}>
        <Control icon={leg?.muted ? 'micOff' : 'mic'} text={leg?.muted ? words.call.unmute : words.call.mute} letter="M" on={leg?.muted} disabled={!leg} press={() => softphone.happened({ kind: 'toggle_mute' })} />
        <Control icon={leg?.held ? 'play' : 'pause'} text={leg?.held ? words.call.resume : words.call.hold} letter="H" on={leg?.held} disabled={!leg} press={() => softphone.happened({ kind: 'toggle_hold' })} />
        <Control icon="keypad" text={words.call.keypad} letter="K" on={keypad} disabled={!leg} press={() => setKeypad(!keypad)} />
        <Control icon="arrow" text={words.transfer.title} letter="T" on={handing} disabled={!leg || !!transfer || away} press={() => setHanding(!handing)} />
        <HelpButton desk={desk} request={request} />
        <span className={css.apart} />
        <Button color="red" variant="light" size="md" className={css.end} loading={ending} leftSection={<Icon name="phoneOff" />} rightSection={<kbd>E</kbd>} onClick={() => void end()} aria-keyshortcuts="E">{transfer && !transfer.mine ? words.transfer.leave : words.call.end}</Button>
      </div>
      {leg?.muted && <p className={css.warning}><Icon name="micOff" />{words.call.muted}</p>}
      {leg?.held && <p className={css.warning}><Icon name="pause" />{words.call.held}</p>}
      {keypad && leg && <Keypad press={(digit) => softphone.happened({ kind: 'digit', digit })} label={words.call.keypad} />}
      {transfer && <TransferStrip call={call} transfer={transfer} request={request} />}
      {handing && leg && !transfer && !away && <TransferPanel call={call} note={note} desk={desk} request={request} close={() => setHanding(false)} />}
      <Notes note={note} />
      <details className={css.more} open><summary>{words.callPage.about} <RecordingChip call={call} /></summary><CallFacts call={call} now={now} waited /></details>
    </article>
  )
}

/** Shows on the supervisors' board; pressed again it is taken back. */
function HelpButton({ desk, request }: Pick<CallProps, 'desk' | 'request'>) {
  const { words } = useWords()
  const asked = !!desk.live.me?.help_since
  return (
    <Tooltip label={words.help.hint}>
      <Button size="md" variant={asked ? 'light' : 'default'} className={asked ? css.helpAsked : undefined} leftSection={<Icon name="bell" />} aria-pressed={asked}
        onClick={() => void request({ what: asked ? 'end_help' : 'ask_for_help' })}>{asked ? words.help.asked : words.help.ask}</Button>
    </Tooltip>
  )
}

function Control({ icon, text, letter, on, disabled, press }: { icon: IconName; text: string; letter: string; on?: boolean; disabled: boolean; press: () => void }) {
  return (
    <Tooltip label={`${text} (${letter})`}>
      <Button size="md" variant={on ? 'filled' : 'default'} disabled={disabled} leftSection={<Icon name={icon} />} onClick={press} aria-pressed={on ?? false} aria-keyshortcuts={letter}>{text}</Button>
    </Tooltip>
  )
}

export function Keypad({ press, label }: { press: (digit: string) => void; label: string }) {
  return <div className={css.keypad} role="group" aria-label={label}>{[...'123456789*0#'].map((digit): ReactNode => <button key={digit} type="button" onClick={() => press(digit)}>{digit}</button>)}</div>
}

export function RecordingChip({ call }: { call: CallCard }) {
  const { words } = useWords()
  if (call.recording === 'armed' || call.recording === 'archived') return <span className="chip bad"><Icon name="record" size={12} />{words.call.recording}</span>
  return <span className="chip">{call.recording === 'refused' ? words.call.notRecorded : words.call.recordingOff}</span>
}
