import type { FactView } from '../../generated/messages'
import { timeWithSeconds } from '../../live/durations'
import { useWords } from '../../words'
import css from './call.module.css'
import { factText } from './factText'

/** Seconds since the call came in; a place that was kept began before it. */
const signed = (seconds: number): string => (seconds < 0 ? `−${-seconds}` : `+${seconds}`)

export function Facts({ facts, zone }: { facts: FactView[]; zone: string }) {
  const { words } = useWords()
  const first = facts[0] ? Date.parse(facts[0].at) : 0
  return (
    <section className={`panel ${css.block}`} aria-labelledby="facts">
      <h2 id="facts">{words.callPage.facts}</h2>
      <ol className={css.facts}>
        {facts.map((fact) => (
          <li key={fact.position}>
            <span className="num quiet" title={`${words.callPage.position} ${fact.position}`}>{timeWithSeconds(fact.at, zone)}</span>
            <span className={`num quiet ${css.offset}`}>{signed(Math.round((Date.parse(fact.at) - first) / 1000))} s</span>
            <div>
              <p><strong>{factText(fact.kind, words)}</strong>{fact.agent && <span> · {fact.agent}</span>}</p>
              {Object.keys(fact.detail).length > 0 && <p className="quiet small">{Object.entries(fact.detail).map(([key, value]) => `${key.replaceAll('_', ' ')}: ${value}`).join(' · ')}</p>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
