// One case, opened beside the call; going back loses nothing.
import { Button, Select, Textarea } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { api, type ApiError } from '../../api'
import type { CaseEventBody } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useKept } from '../../kit/kept'
import { useLoaded } from '../../kit/loaded'
import { Failed, Loading, sentence } from '../../kit/states'
import { day } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import css from './citizen.module.css'
import { StatusChip } from './CitizenColumn'
import { TimelineList } from './Timeline'

type Status = NonNullable<CaseEventBody['status']>

export function CaseView({ caseId, callId, zone, back, callBack }: { caseId: number; callId: string | null; zone: string; back: () => void; callBack: ReactNode }) {
  const { words, language } = useWords()
  const { value, error, reload, set } = useLoaded(caseId, () => api.case(caseId))
  const [{ text, status }, change, forget] = useKept(`case:${caseId}`, { text: '', status: null as string | null })
  const [wrong, setWrong] = useState('')
  const add = async () => {
    try {
      set(await api.caseEvent(caseId, { text, status: status as Status | null, call_id: callId }))
      forget()
      setWrong('')
    } catch (failed) {
      setWrong(sentence(failed as ApiError, words))
    }
  }
  return (
    <div className={css.caseView}>
      <Button variant="subtle" color="gray" size="compact-md" leftSection={<Icon name="back" size={16} />} onClick={back} style={{ justifySelf: 'start' }} autoFocus>{words.citizen.back}</Button>
      {!value && (error ? <Failed error={error} again={reload} /> : <Loading />)}
      {value && (
        <>
          <header className={css.caseHead}>
            <p className="quiet small num">{value.case.reference} · {inLanguage(value.case.agency_name, language)}</p>
            <h2>{inLanguage(value.case.title, language)}</h2>
            <p><StatusChip status={value.case.status} /> <span className="quiet small">{words.citizen.since} {day(value.case.opened_at, language, zone)}</span></p>
          </header>
          {callBack}
          <div className={css.add}>
            <Textarea label={words.citizen.addNote} value={text} onChange={(e) => change({ text: e.currentTarget.value })} autosize minRows={2} maxLength={4000} />
            <div className={css.addRow}>
              <Select aria-label={words.citizen.changeStatus} placeholder={words.citizen.keepStatus} clearable clearButtonProps={{ 'aria-label': words.citizen.keepStatus }} value={status} onChange={(value) => change({ status: value })} data={Object.entries(words.status).map(([code, label]) => ({ value: code, label }))} />
              <Button disabled={text.trim() === ''} onClick={() => void add()}>{words.citizen.add}</Button>
            </div>
            {wrong && <p className={css.wrong} role="alert">{wrong}</p>}
          </div>
          <TimelineList items={value.events} zone={zone} />
        </>
      )}
    </div>
  )
}
