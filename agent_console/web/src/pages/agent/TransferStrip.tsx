// A transfer that goes on, as either agent sees it: what happens now, and what can be done next.
import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Ask, CallCard, TransferNow } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useWords } from '../../words'
import type { Words } from '../../words/en'
import type { CallProps } from './CallColumn'
import css from './transfer.module.css'

type Steer = NonNullable<Ask['steer']>
const next: Partial<Record<TransferNow['phase'], Steer[]>> = { ringing: ['return'], consulting: ['complete', 'join', 'return'], joined: ['complete', 'return'] }

function happening({ mine, how, phase, colleague }: TransferNow, words: Words): string {
  const t = words.transfer
  if (phase === 'ringing') return how === 'cold' ? t.ringingCold(colleague) : t.ringing(colleague)
  if (phase === 'consulting') return mine ? t.consulting(colleague) : t.consulted(colleague)
  return phase === 'joined' ? t.joined : t.moving
}

export function TransferStrip({ call, transfer, request }: Pick<CallProps, 'request'> & { call: CallCard; transfer: TransferNow }) {
  const { words } = useWords()
  const [busy, setBusy] = useState<Steer | null>(null)
  const steer = async (to: Steer) => {
    setBusy(to)
    await request({ what: 'steer_transfer', call_id: call.call_id, steer: to })
    setBusy(null)
  }
  const ways = transfer.mine && !(transfer.how === 'cold') ? (next[transfer.phase] ?? []) : []
  const texts: Record<Steer, string> = {
    complete: words.transfer.complete(transfer.colleague),
    join: words.transfer.join,
    return: transfer.phase === 'joined' ? words.transfer.letGo(transfer.colleague) : words.transfer.back,
  }
  return (
    <section className={css.panel} aria-label={words.transfer.title}>
      <p className={css.now} role="status"><Icon name="person" />{happening(transfer, words)}</p>
      {ways.length > 0 && (
        <div className={css.row}>
          {ways.map((to) => <Button key={to} variant={to === 'complete' ? 'filled' : 'default'} loading={busy === to} disabled={busy !== null && busy !== to} onClick={() => void steer(to)}>{texts[to]}</Button>)}
        </div>
      )}
    </section>
  )
}
