import type { FactView } from '../../generated/messages'
import { timeWithSeconds } from '../../live/durations'
import { useWords } from '../../words'
import css from './call.module.css'
import { factText } from './factText'

/** Every decision of the router can be explained: who could have taken the call, and what decided. */
export function WhyThisAgent({ facts, zone }: { facts: FactView[]; zone: string }) {
  const { words } = useWords()
  const offers = facts.filter((fact) => fact.kind === 'CallOffered')
  const endOf = (offer: FactView) => facts.find((fact) => fact.position > offer.position && ['CallConnected', 'OfferFailed', 'CallAbandoned'].includes(fact.kind))
  return (
    <section className={`panel ${css.block}`} aria-labelledby="why">
      <h2 id="why">{words.callPage.why}</h2>
      {offers.length === 0 && <p className="quiet">{words.callPage.whyNone}</p>}
      <ol className={css.offers}>
        {offers.map((offer) => (
          <li key={offer.position}>
            <p><strong>{offer.agent ?? '–'}</strong> <span className="quiet num">{timeWithSeconds(offer.at, zone)}</span>{endOf(offer) && <span className="chip">{factText(endOf(offer)!.kind, words)}</span>}</p>
            <dl>
              <div><dt>{words.callPage.decidedBy}</dt><dd>{offer.detail.decided_by?.replaceAll('_', ' ') ?? '–'}</dd></div>
              <div><dt>{words.callPage.eligible}</dt><dd>{offer.detail.eligible ?? '–'}</dd></div>
            </dl>
          </li>
        ))}
      </ol>
    </section>
  )
}
