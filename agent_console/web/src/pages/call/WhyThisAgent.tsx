import type { FactView, OfferExplained, StageView } from '../../generated/messages'
import { timeWithSeconds } from '../../live/durations'
import { useWords } from '../../words'
import css from './call.module.css'
import { factText } from './factText'

/** Every decision of the router can be explained: who could have taken the call at each step, and what decided. */
export function WhyThisAgent({ facts, explanations, zone }: { facts: FactView[]; explanations: OfferExplained[]; zone: string }) {
  const { words } = useWords()
  const offers = facts.filter((fact) => fact.kind === 'CallOffered')
  const endOf = (offer: FactView) => facts.find((fact) => fact.position > offer.position && ['CallConnected', 'OfferFailed', 'CallAbandoned'].includes(fact.kind))
  const whyOf = (offer: FactView) => explanations.find((one) => one.position === offer.position)
  return (
    <section className={`panel ${css.block}`} aria-labelledby="why">
      <h2 id="why">{words.callPage.why}</h2>
      {offers.length === 0 && <p className="quiet">{words.callPage.whyNone}</p>}
      <ol className={css.offers}>
        {offers.map((offer) => (
          <li key={offer.position}>
            <p><strong>{offer.agent ?? '–'}</strong> <span className="quiet num">{timeWithSeconds(offer.at, zone)}</span>{endOf(offer) && <span className="chip">{factText(endOf(offer)!.kind, words)}</span>}</p>
            <Why why={whyOf(offer)} eligible={offer.detail.eligible ?? '–'} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function Why({ why, eligible }: { why: OfferExplained | undefined; eligible: string }) {
  const { words } = useWords()
  const said = words.callPage
  if (!why) return null
  const decided = why.decided_by in said.decided ? said.decided[why.decided_by as keyof typeof said.decided] : why.decided_by
  return (
    <>
      {why.waited_s !== null && <p className="quiet">{said.waitedFor(Math.round(why.waited_s), why.place ?? 1, why.waiting ?? 1)}</p>}
      <dl>
        <div><dt>{said.decidedBy}</dt><dd>{decided}</dd></div>
        {why.held_for !== null && <div><dt>{said.heldFor}</dt><dd>{why.held_for}</dd></div>}
        <div><dt>{said.eligible}</dt><dd>{eligible}</dd></div>
        {why.passed_over.length > 0 && <div><dt>{said.passedOver}</dt><dd>{why.passed_over.join(', ')}</dd></div>}
        {why.stages.map((stage) => <Stage key={stage.after_s} stage={stage} />)}
      </dl>
    </>
  )
}

function Stage({ stage }: { stage: StageView }) {
  const { words } = useWords()
  const said = words.callPage
  const relaxed = stage.relax !== null && stage.relax in said.relaxed ? said.relaxed[stage.relax as keyof typeof said.relaxed] : null
  const others = stage.ready - stage.agents.length
  return (
    <div>
      <dt>{stage.relax === null ? said.atFirst : said.afterWait(stage.after_s)}</dt>
      <dd>
        {relaxed && `${relaxed} · `}<span className="quiet">{stage.needs.join(' · ')}</span>{' → '}
        {stage.agents.join(', ') || said.nobody}{others > 0 && ` ${said.more(others)}`}
      </dd>
    </div>
  )
}
