// A citizen is being called: whose phone rings now, and the way to give it up.
import { Button } from '@mantine/core'
import { useState } from 'react'
import type { CallCard } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useNow } from '../../kit/now'
import { clock, since } from '../../live/durations'
import { useWords } from '../../words'
import css from './agent.module.css'
import type { CallProps } from './CallColumn'
import { whoIs } from './OfferCard'

export function CallingPanel({ call, desk, request }: CallProps & { call: CallCard }) {
  const { words } = useWords()
  const now = useNow(desk.live.clockOffset)
  const [ending, setEnding] = useState(false)
  const phase = call.dialling === 'citizen' || call.dialling === 'notice' ? call.dialling : 'agent'
  const giveUp = async () => {
    setEnding(true)
    await request({ what: 'end_call', call_id: call.call_id })
    setEnding(false)
  }
  return (
    <article className={css.offer} aria-label={words.callOut.region}>
      <header className={css.offerHead}><span className={css.pulse} aria-hidden="true" /><span role="status">{words.callOut[phase]}</span><span className={`num ${css.offerWait}`}><Icon name="clock" size={16} />{clock(since(call.entered_at, now))}</span></header>
      <div className={css.caller}><h2>{whoIs(call, words.call.withheld)}</h2><p className="quiet num">{call.citizen.number}</p></div>
      <div className={css.offerButtons}>
        <Button color="red" variant="light" size="md" className={css.end} loading={ending} leftSection={<Icon name="phoneOff" />} rightSection={phase === 'agent' ? null : <kbd>E</kbd>} onClick={() => void giveUp()}>{words.callOut.giveUp}</Button>
      </div>
    </article>
  )
}
