// One call, whole: what it was, what happened, its recording, and why this agent got it.
import { useEffect } from 'react'
import { api } from '../../api'
import type { PageProps } from '../../console'
import type { CallDetail } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useLoaded } from '../../kit/loaded'
import { Shell } from '../../kit/shell'
import { Failed, Loading } from '../../kit/states'
import { clock, day, since, timeOfDay } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import { outcomeText } from '../agent/RecentCalls'
import css from './call.module.css'
import { Facts } from './Facts'
import { WhyThisAgent } from './WhyThisAgent'

export default function CallPage({ me, setMe, signedOut, callId }: PageProps & { callId: string }) {
  const { words } = useWords()
  const call = useLoaded(callId, () => api.call(callId))
  useEffect(() => {
    document.title = `${words.callPage.title} · Huduma`
  }, [words])
  const signOut = async () => {
    await api.signOut().catch(() => undefined)
    signedOut(false)
  }
  return (
    <Shell me={me} onMe={setMe} onSignOut={() => void signOut()}>
      {call.value ? <Whole detail={call.value} zone={me.timezone} /> : call.error ? <Failed error={call.error} again={call.reload} /> : <Loading />}
    </Shell>
  )
}

function Whole({ detail, zone }: { detail: CallDetail; zone: string }) {
  const { words, language } = useWords()
  const { card, facts, explanations } = detail
  const t = words.callPage
  const asked = card.service_title ?? card.agency_name
  const talked = card.answered_at && detail.ended_at ? clock(since(card.answered_at, Date.parse(detail.ended_at))) : '–'
  return (
    <div className={css.page}>
      <header className={css.head}>
        <a href="/" className={`linklike ${css.back}`} onClick={(event) => { if (history.length > 1) { event.preventDefault(); history.back() } }}><Icon name="back" size={16} />{t.back}</a>
        <h1>{card.citizen.name ?? card.citizen.number ?? words.call.withheld}</h1>
        <p className="quiet num">{card.citizen.name && `${card.citizen.number ?? words.call.withheld} · `}{day(card.entered_at, language, zone)} {timeOfDay(card.entered_at, zone)}–{detail.ended_at ? timeOfDay(detail.ended_at, zone) : t.running}</p>
      </header>
      <div className={css.columns}>
        <div className={css.side}>
          <section className={`panel ${css.block}`} aria-labelledby="about">
            <h2 id="about">{t.about}</h2>
            <dl className={css.about}>
              <div><dt>{words.recent.result}</dt><dd>{outcomeText(detail.outcome, words)}</dd></div>
              <div><dt>{words.call.language}</dt><dd>{words.language[card.language]}</dd></div>
              <div><dt>{words.call.queue}</dt><dd>{inLanguage(card.queue_title, language)}</dd></div>
              <div><dt>{words.recent.talk}</dt><dd className="num">{talked}</dd></div>
              <div className={css.wide}><dt>{words.call.asked}</dt><dd>{asked ? inLanguage(asked, language) : words.call.nothingChosen}</dd></div>
              <div className={css.wide}><dt>{t.note}</dt><dd className={css.note}>{card.note || <span className="quiet">{t.noNote}</span>}</dd></div>
            </dl>
          </section>
          <section className={`panel ${css.block}`} aria-labelledby="recording">
            <h2 id="recording">{t.listen}</h2>
            {detail.recording_url ? <><audio controls preload="metadata" src={detail.recording_url} aria-label={t.listen} className={css.audio} /><p className="quiet small">{t.left}</p></> : <p className="quiet">{card.recording === 'refused' ? words.call.notRecorded : t.noRecording}</p>}
          </section>
          <WhyThisAgent facts={facts} explanations={explanations} zone={zone} />
        </div>
        <Facts facts={facts} zone={zone} />
      </div>
    </div>
  )
}
