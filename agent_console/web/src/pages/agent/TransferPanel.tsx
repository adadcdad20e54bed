// Handing the call on: where to, with what one must know to choose. The note that is typed below goes along.
import { Button, Select } from '@mantine/core'
import { useEffect, useState } from 'react'
import { api } from '../../api'
import type { AgentTarget, CallCard, QueueTarget } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useLoaded } from '../../kit/loaded'
import type { Request } from '../../live/link'
import { inLanguage, useWords, type Language } from '../../words'
import type { Words } from '../../words/en'
import css from './transfer.module.css'
import type { CallProps } from './CallColumn'
import type { NoteState } from './notes'

const LOOK_EVERY_MS = 3000
const GENERAL = ''

function queueText(place: QueueTarget, words: Words, language: Language): string {
  const name = inLanguage(place.agency_name ?? place.title, language)
  return `${name} · ${words.transfer.waiting(place.waiting)} · ${words.transfer.ready(place.ready)}`
}

function agentText(agent: AgentTarget, words: Words): string {
  return `${agent.name} · ${agent.languages.map((spoken) => words.language[spoken]).join(', ')}`
}

type Props = Pick<CallProps, 'request' | 'desk'> & { call: CallCard; note: NoteState; close: () => void }

export function TransferPanel({ call, desk, request, note, close }: Props) {
  const { words, language } = useWords()
  const targets = useLoaded(`transfer ${call.call_id}`, () => api.transferTargets(call.language))
  const [agency, setAgency] = useState<string | null>(null)
  const [agent, setAgent] = useState<string | null>(null)
  const [busy, setBusy] = useState<string | null>(null)
  const { reload } = targets
  useEffect(() => {
    const timer = setInterval(reload, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [reload])
  const send = async (name: string, asked: Request) => {
    setBusy(name)
    // An agent who is on hold would not hear the colleague.
    if (desk.phone.call?.held) desk.softphone.happened({ kind: 'toggle_hold' })
    await note.now()
    const outcome = await request(asked)
    setBusy(null)
    if (outcome.accepted) close()
  }
  const { call_id } = call
  const toAgent = (speak_first: boolean) => send(`${speak_first}`, { what: 'transfer_to_agent', call_id, to_agent_id: Number(agent), speak_first })
  const toQueue = () => send('queue', { what: 'transfer_to_queue', call_id, agency: agency === GENERAL ? null : agency })
  const button = (name: string, text: string, disabled: boolean, press: () => Promise<void>, first = false) => (
    <Button variant={first ? 'filled' : 'default'} disabled={disabled || (busy !== null && busy !== name)} loading={busy === name} onClick={() => void press()}>{text}</Button>
  )
  return (
    <section className={css.panel} aria-label={words.transfer.title} onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && close()}>
      <p className="quiet small">{words.transfer.hint}</p>
      <div className={css.row}>
        <Select className={css.choice} searchable autoFocus label={words.transfer.agent} placeholder={targets.value?.agents.length === 0 ? words.transfer.nobodyReady : words.transfer.chooseAgent} value={agent} onChange={setAgent}
          nothingFoundMessage={words.citizen.nobody} data={(targets.value?.agents ?? []).map((one) => ({ value: String(one.agent_id), label: agentText(one, words) }))} />
        {button('true', words.transfer.speakFirst, agent === null, () => toAgent(true), true)}
        {button('false', words.transfer.atOnce, agent === null, () => toAgent(false))}
      </div>
      <div className={css.row}>
        <Select className={css.choice} searchable label={words.transfer.queue} placeholder={words.transfer.choose} value={agency} onChange={setAgency} nothingFoundMessage={words.citizen.nobody}
          data={(targets.value?.queues ?? []).map((place) => ({ value: place.agency ?? GENERAL, label: queueText(place, words, language) }))} />
        {button('queue', words.transfer.send, agency === null, toQueue)}
      </div>
      <button type="button" className="linklike" onClick={close}><Icon name="x" size={14} /> {words.board.cancel}</button>
    </section>
  )
}
