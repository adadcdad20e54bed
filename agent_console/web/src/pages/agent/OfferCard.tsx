// What is known before "hello": who, in which language, what they asked for, how long they waited.
import { Button } from '@mantine/core'
import type { CallCard } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useNow } from '../../kit/now'
import { clock, since } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import css from './agent.module.css'
import type { CallProps } from './CallColumn'
import transfer from './transfer.module.css'

export function whoIs(call: CallCard, withheld: string): string {
  return call.citizen.name ?? call.citizen.number ?? withheld
}

export function CallFacts({ call, now, waited }: { call: CallCard; now: number; waited?: boolean }) {
  const { words, language } = useWords()
  const asked = call.service_title ?? call.agency_name
  const waitEnd = call.answered_at ? Date.parse(call.answered_at) : now
  return (
    <dl className={css.facts}>
      <div><dt>{words.call.language}</dt><dd><span className="chip calm">{words.language[call.language]}</span></dd></div>
      {!call.outbound && <div><dt>{waited ? words.call.waited : words.call.waiting}</dt><dd className="num">{clock(since(call.waiting_since, waitEnd))}</dd></div>}
      <div><dt>{words.call.queue}</dt><dd>{inLanguage(call.queue_title, language)}</dd></div>
      <div className={css.wideFact}><dt>{words.call.asked}</dt><dd>{asked ? inLanguage(asked, language) : <span className="quiet">{words.call.nothingChosen}</span>}</dd></div>
      {call.queue_notice && <div className={css.wideFact}><dt>{words.call.notice}</dt><dd className={css.script} lang={call.language}>{inLanguage(call.queue_notice, call.language)}</dd></div>}
      {call.path.length > 0 && (
        <div className={css.wideFact}><dt>{words.call.path}</dt><dd><ol className={css.path}>{call.path.map((stop, n) => <li key={n}>{inLanguage(stop, language)}</li>)}</ol></dd></div>
      )}
    </dl>
  )
}

export function Caller({ call }: { call: CallCard }) {
  const { words } = useWords()
  return (
    <div className={css.caller}>
      <h2>{whoIs(call, words.call.withheld)}</h2>
      <p className="quiet num">{call.citizen.name ? (call.citizen.number ?? words.call.withheld) : words.call.unknown}{' · '}{call.outbound ? words.callOut.you : words.call.calledTimes(Math.max(1, call.citizen.calls_this_week))}</p>
    </div>
  )
}

/** Who handed the call on and what they wrote, before "hello". */
export function HandedOn({ call }: { call: CallCard }) {
  const { words } = useWords()
  if (!call.transferred_by) return null
  return <div className={transfer.from}><strong>{words.transfer.from(call.transferred_by)}</strong>{call.note && <blockquote>{call.note}</blockquote>}</div>
}

export function OfferCard({ call, desk, request }: CallProps & { call: CallCard }) {
  const { words } = useWords()
  const now = useNow(desk.live.clockOffset)
  const { phone, softphone } = desk
  const ringing = phone.call?.stage === 'ringing'
  const answering = phone.call?.stage === 'answering'
  const { offer_id } = call
  return (
    <article className={css.offer}>
      <header className={css.offerHead}><span className={css.pulse} aria-hidden="true" /><span>{words.call.incoming}</span><span className={`num ${css.offerWait}`}><Icon name="clock" size={16} />{clock(since(call.waiting_since, now))}</span></header>
      <Caller call={call} />
      <HandedOn call={call} />
      <CallFacts call={call} now={now} />
      <div className={css.offerButtons}>
        <Button size="xl" fullWidth leftSection={<Icon name="phone" size={22} />} disabled={!ringing && !answering} loading={answering} onClick={() => softphone.happened({ kind: 'answer' })}>{words.call.answer}</Button>
        <p className="quiet small">{ringing ? <><kbd>{words.shortcuts.space}</kbd> <kbd>Enter</kbd></> : answering ? words.call.connecting : words.call.ringing}
          {offer_id && <button type="button" className={`linklike ${css.decline}`} onClick={() => void request({ what: 'decline', offer_id })}>{words.call.decline}</button>}</p>
      </div>
    </article>
  )
}
