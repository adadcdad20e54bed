// After the call: what it was about, whose case, then ready again. What was typed stays.
import { Button, Menu, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api, type ApiError } from '../../api'
import type { CallCard } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useKept } from '../../kit/kept'
import { useLoaded } from '../../kit/loaded'
import { useNow } from '../../kit/now'
import { sentence } from '../../kit/states'
import { clock, until } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import css from './agent.module.css'
import type { CallProps } from './CallColumn'
import { Notes, useNote } from './notes'
import { Caller } from './OfferCard'

const EXTEND_S = 60

export function WrapUpPanel({ call, desk, request }: CallProps & { call: CallCard }) {
  const { words, language } = useWords()
  const note = useNote(call.call_id, call.note)
  const dispositions = useLoaded('dispositions', api.dispositions)
  const agencies = useLoaded('catalogue', api.catalogue)
  const ownCase = call.case_id === null ? 'none' : String(call.case_id)
  const [form, change, forget] = useKept(`wrap-up:${call.call_id}`, { code: call.disposition as string | null, caseChoice: ownCase, title: inLanguage(call.service_title, language), agency: null as string | null })
  const { code, title, agency } = form
  const cases = [{ value: 'none', label: words.wrapUp.noCase }, { value: 'new', label: words.wrapUp.newCase }, ...call.citizen.cases.map((c) => ({ value: String(c.id), label: `${c.reference} · ${inLanguage(c.title, language)}` }))]
  const caseChoice = cases.some((one) => one.value === form.caseChoice) ? form.caseChoice : ownCase
  const [wrong, setWrong] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const opening = caseChoice === 'new'
  const citizenId = call.citizen.id

  const ownAgency = agencies.value?.find((a) => a.services.some((s) => s.slug === call.service))?.slug ?? null
  const chosenAgency = agency ?? ownAgency

  const save = async (then: 'ready' | 'paused') => {
    if (!code) return setWrong(words.wrapUp.needDisposition)
    if (opening && citizenId === null) return setWrong(words.wrapUp.needCitizen)
    if (opening && (title.trim().length < 3 || !chosenAgency)) return setWrong(words.wrapUp.needTitle)
    setBusy(true)
    setWrong(null)
    try {
      await api.disposition(call.call_id, {
        code, note: note.text, then,
        case_id: caseChoice === 'none' || opening ? null : Number(caseChoice),
        new_case: opening && citizenId !== null && chosenAgency ? { citizen_id: citizenId, agency: chosenAgency, service: chosenAgency === ownAgency ? call.service : null, title: title.trim() } : null,
      })
      note.forget()
      forget()
    } catch (error) {
      setWrong(sentence(error as ApiError, words))
    }
    setBusy(false)
  }
  return (
    <article className={css.talk}>
      <header className={css.talkHead}><Caller call={call} /><Countdown desk={desk} request={request} /></header>
      <h3 className="sr">{words.wrapUp.title}</h3>
      {/* opening looks for the chosen one a moment later, and forgets by that the first one that typing has chosen: Enter did nothing */}
      <Select searchable clearable selectFirstOptionOnChange selectFirstOptionOnDropdownOpen={code === null} size="md" label={words.wrapUp.disposition} placeholder={words.wrapUp.dispositionHint} value={code} onChange={(value) => { change({ code: value }); setWrong(null) }} nothingFoundMessage={words.citizen.nobody} clearButtonProps={{ 'aria-label': words.board.cancel }}
        data={(dispositions.value ?? []).map((d) => ({ value: d.code, label: inLanguage(d.title, language) }))} leftSection={<Icon name="search" size={16} />} />
      <Select label={words.wrapUp.caseLabel} value={caseChoice} onChange={(value) => change({ caseChoice: value ?? 'none' })} allowDeselect={false} data={cases} />
      {opening && (
        <div className={css.pair}>
          <TextInput label={words.wrapUp.caseTitle} value={title} onChange={(e) => change({ title: e.currentTarget.value })} maxLength={200} />
          <Select searchable label={words.wrapUp.agency} value={chosenAgency} onChange={(value) => change({ agency: value })} data={(agencies.value ?? []).map((a) => ({ value: a.slug, label: inLanguage(a.name, language) }))} />
        </div>
      )}
      <Notes note={note} rows={5} />
      <p className={css.wrong} role="alert">{wrong}</p>
      <div className={css.saveRow}>
        <Button size="lg" loading={busy} leftSection={<Icon name="check" />} onClick={() => void save('ready')}>{words.wrapUp.saveReady}</Button>
        <Button size="lg" variant="default" disabled={busy} onClick={() => void save('paused')}>{words.wrapUp.savePause}</Button>
      </div>
    </article>
  )
}

function Countdown({ desk, request }: Pick<CallProps, 'desk' | 'request'>) {
  const { words } = useWords()
  const now = useNow(desk.live.clockOffset)
  const end = desk.live.me?.wrap_up_until
  const left = end ? until(end, now) : 0
  return (
    <div className={css.timer}>
      <span className={`${css.timerText} num ${left <= 10 ? css.timerHeld : ''}`}>{clock(left)}</span>
      <Menu position="bottom-end">
        <Menu.Target><Button size="compact-sm" variant="default" leftSection={<Icon name="plus" size={14} />}>{words.wrapUp.more}</Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{words.wrapUp.why} ({words.wrapUp.add(EXTEND_S)})</Menu.Label>
          {Object.entries(words.wrapUp.reasons).map(([reason, text]) => <Menu.Item key={reason} onClick={() => void request({ what: 'extend_wrap_up', seconds: EXTEND_S, reason })}>{text}</Menu.Item>)}
        </Menu.Dropdown>
      </Menu>
    </div>
  )
}
