// A call that only the phone knows: the router is away, and Asterisk's own queue rang. No card, but answer and talk.
import { Button } from '@mantine/core'
import { useEffect, useState, type ReactNode } from 'react'
import { Icon } from '../../kit/icons'
import { useWords } from '../../words'
import css from './agent.module.css'
import type { Desk } from './useDesk'

const CARD_WITHIN_MS = 1500

/** Shown once it is clear that no card comes: with a router alive the card is there a moment after the first ring. */
export function Later({ until, children }: { until: ReactNode; children: ReactNode }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), CARD_WITHIN_MS)
    return () => clearTimeout(timer)
  }, [])
  return late ? children : until
}

export function BareCall({ desk }: { desk: Desk }) {
  const { words } = useWords()
  const { phone, softphone } = desk
  const talking = phone.call?.stage === 'talking'
  return (
    <article className={css.offer}>
      <header className={css.offerHead}><span className={css.pulse} aria-hidden="true" /><span>{talking ? words.call.talking : words.call.incoming}</span></header>
      <p className={css.warning} role="status"><Icon name="warn" />{words.call.bare}</p>
      <div className={css.offerButtons}>
        {talking ? (
          <div className={css.controls} role="group" aria-label={words.call.controls}>
            <Button size="md" variant={phone.call?.muted ? 'filled' : 'default'} leftSection={<Icon name={phone.call?.muted ? 'micOff' : 'mic'} />} aria-pressed={phone.call?.muted ?? false} onClick={() => softphone.happened({ kind: 'toggle_mute' })}>{phone.call?.muted ? words.call.unmute : words.call.mute}</Button>
            <span className={css.apart} />
            <Button color="red" variant="light" size="md" leftSection={<Icon name="phoneOff" />} onClick={() => softphone.happened({ kind: 'hang_up' })}>{words.call.hangUp}</Button>
          </div>
        ) : (
          <Button size="xl" fullWidth leftSection={<Icon name="phone" size={22} />} loading={phone.call?.stage === 'answering'} onClick={() => softphone.happened({ kind: 'answer' })}>{words.call.answer}</Button>
        )}
      </div>
    </article>
  )
}
