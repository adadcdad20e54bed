// Right: the citizen. Who, how sure we are, cases, history, and the catalogue's answer for what they asked.
import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { api } from '../../api'
import type { CitizenCard, Me } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { Empty } from '../../kit/states'
import { day } from '../../live/durations'
import type { LiveState } from '../../live/state'
import { inLanguage, useWords } from '../../words'
import type { Words } from '../../words/en'
import { Answer } from './Answer'
import { CallBack } from './CallBack'
import { CaseView } from './CaseView'
import css from './citizen.module.css'
import { LookUp } from './LookUp'
import { Timeline } from './Timeline'
import { WhoIsIt } from './WhoIsIt'

export function CitizenColumn({ me, live }: { me: Me; live: LiveState }) {
  const { words } = useWords()
  const { call } = live
  const zone = me.timezone
  const [caseId, setCaseId] = useState<number | null>(null)
  const [named, setNamed] = useState<CitizenCard | null>(null)
  const [looked, setLooked] = useState<CitizenCard | null>(null)
  const callId = call?.call_id ?? null
  useEffect(() => {
    setCaseId(null)
    setNamed(null)
    const again = looked?.id
    if (callId === null && again != null) api.citizen(again).then(setLooked, () => undefined) // the call is on their timeline now
  }, [callId])
  const citizen = !call ? looked : call.citizen.id === null && named ? named : call.citizen
  if (!citizen) return <div className={css.none}><Empty icon="person">{words.citizen.none}</Empty><LookUp onFound={setLooked} /><Answer service={null} language={null} /></div>
  if (caseId !== null) return <CaseView caseId={caseId} callId={callId} zone={zone} back={() => setCaseId(null)} callBack={<CallBack citizen={citizen} caseId={caseId} me={me} live={live} />} />
  return (
    <>
      {!call && <Button variant="subtle" color="gray" size="compact-md" leftSection={<Icon name="back" size={16} />} onClick={() => setLooked(null)} style={{ alignSelf: 'start', flex: 'none' }}>{words.callOut.close}</Button>}
      <Identity citizen={citizen} />
      <CallBack key={citizen.id} citizen={citizen} me={me} live={live} />
      {call && citizen.id === null && <WhoIsIt callId={call.call_id} language={call.language} onKnown={setNamed} />}
      <section className={css.block} aria-labelledby="cases">
        <h3 id="cases" className="label">{words.citizen.cases} {citizen.cases.length > 0 && <span className="num">{citizen.cases.length}</span>}</h3>
        {citizen.cases.length === 0 ? <p className="quiet">{words.citizen.noCases}</p> : <CaseList citizen={citizen} open={setCaseId} zone={zone} />}
      </section>
      {call?.service && <Answer key={call.service} service={call.service} language={call.language} />}
      <Timeline items={citizen.timeline} zone={zone} openCase={setCaseId} />
      {!call?.service && <Answer service={null} language={call?.language ?? citizen.language} />}
    </>
  )
}

function Identity({ citizen }: { citizen: CitizenCard }) {
  const { words } = useWords()
  const t = words.citizen
  const sure = citizen.certainty === 'unknown' ? t.unknownSure : t[citizen.certainty]
  const tone = citizen.certainty === 'verified' ? 'good' : citizen.certainty === 'unknown' ? '' : 'calm'
  const consent = recordingText(citizen, t)
  return (
    <header className={css.identity}>
      <span className={css.face}><Icon name="person" size={24} /></span>
      <div>
        <h2>{citizen.name ?? t.unknown}</h2>
        <p className="quiet num">{citizen.number ?? words.call.withheld}{citizen.county && ` · ${citizen.county}`}</p>
        <p className={css.chips}>
          <span className={`chip ${tone}`}><Icon name={citizen.certainty === 'verified' ? 'check' : 'person'} size={13} />{sure}</span>
          {citizen.language && <span className="chip">{words.language[citizen.language]}</span>}
          <span className="chip">{consent}</span>
          {citizen.sample && <span className="chip warn">{t.sample}</span>}
        </p>
      </div>
    </header>
  )
}

/** This call's own word first: who refuses now is not recorded, whatever they once agreed to. */
function recordingText(citizen: CitizenCard, t: Words['citizen']): string {
  if (citizen.told_of_recording === false) return t.recordingNo
  if (citizen.recording_consent) return t.recordingYes
  if (citizen.told_of_recording) return t.recordingTold
  return citizen.recording_consent === null ? t.recordingUnknown : t.recordingNo
}

const statusTone: Record<string, string> = { open: 'calm', in_progress: 'calm', waiting_citizen: 'warn', ready: 'good', closed: '' }

export function StatusChip({ status }: { status: string }) {
  const { words } = useWords()
  return <span className={`chip ${statusTone[status] ?? ''}`}>{status in words.status ? words.status[status as keyof typeof words.status] : status}</span>
}

function CaseList({ citizen, open, zone }: { citizen: CitizenCard; open: (id: number) => void; zone: string }) {
  const { words, language } = useWords()
  return (
    <ul className={css.cases}>
      {citizen.cases.map((item) => (
        <li key={item.id}>
          <button type="button" className={item.status === 'closed' ? css.closed : ''} onClick={() => open(item.id)}>
            <span><strong>{inLanguage(item.title, language)}</strong><span className="quiet small num">{item.reference} · {inLanguage(item.agency_name, language)} · {words.citizen.since} {day(item.opened_at, language, zone)}</span></span>
            <StatusChip status={item.status} /><Icon name="arrow" size={16} />
          </button>
        </li>
      ))}
    </ul>
  )
}
