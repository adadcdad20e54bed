// The agent's last calls; also the calls behind a number of the board.
import { useMemo } from 'react'
import { api } from '../../api'
import type { RecentCall } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useLoaded } from '../../kit/loaded'
import { follow } from '../../kit/navigation'
import { Empty, Failed, Loading } from '../../kit/states'
import { clock, timeOfDay } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import type { Words } from '../../words/en'
import css from './recent.module.css'

export function outcomeText(outcome: string | null, words: Words): string {
  if (outcome === null) return words.outcome.none
  return outcome in words.outcome ? words.outcome[outcome as keyof Words['outcome']] : outcome.replaceAll('_', ' ')
}

export function RecentCalls({ zone, turn }: { zone: string; turn: string }) {
  const { words } = useWords()
  const calls = useLoaded(`recent ${turn}`, api.recentCalls)
  return (
    <section className={css.recent} aria-labelledby="recent">
      <h2 id="recent" className="label">{words.call.recent}</h2>
      {calls.value ? <CallList calls={calls.value} zone={zone} none={words.call.noRecent} /> : calls.error ? <Failed error={calls.error} again={calls.reload} /> : <Loading />}
    </section>
  )
}

export function CallList({ calls, zone, none, newTab }: { calls: RecentCall[]; zone: string; none: string; newTab?: boolean }) {
  const { words, language } = useWords()
  const rows = useMemo(() => calls, [calls])
  if (rows.length === 0) return <Empty icon="phone">{none}</Empty>
  return (
    <ul className={css.list}>
      {rows.map((call) => (
        <li key={call.call_id}>
          <a href={`/calls/${encodeURIComponent(call.call_id)}`} {...(newTab ? { target: '_blank', rel: 'noopener' } : { onClick: follow })}>
            <span className="num quiet">{timeOfDay(call.entered_at, zone)}</span>
            <span className={css.who}><strong>{call.who ?? words.call.withheld}</strong><span className="quiet small">{inLanguage(call.service_title, language) || call.queue}</span></span>
            <span className={css.result}><span>{outcomeText(call.outcome, words)}{call.has_recording && <> <Icon name="record" size={12} /><span className="sr">{words.recent.listen}</span></>}</span>
              <span className="quiet small num">{call.talk_s === null ? '' : `${words.recent.talk} ${clock(call.talk_s)}`}</span></span>
          </a>
        </li>
      ))}
    </ul>
  )
}
