// Handing the call on: where to, with what one must know to choose. The note that is typed below goes along.
import { Button, Select } from '@mantine/core'
import { useEffect, useState } from 'react'
import { api } from '../../api'
import type { CallCard, QueueTarget } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useLoaded } from '../../kit/loaded'
import { inLanguage, useWords, type Language } from '../../words'
import type { Words } from '../../words/en'
import css from './transfer.module.css'
import type { CallProps } from './CallColumn'

const LOOK_EVERY_MS = 3000
const GENERAL = ''

function queueText(place: QueueTarget, words: Words, language: Language): string {
  const name = inLanguage(place.agency_name ?? place.title, language)
  return `${name} · ${words.transfer.waiting(place.waiting)} · ${words.transfer.ready(place.ready)}`
}

export function TransferPanel({ call, request, close }: Pick<CallProps, 'request'> & { call: CallCard; close: () => void }) {
  const { words, language } = useWords()
  const targets = useLoaded(`transfer ${call.call_id}`, () => api.transferTargets(call.language))
  const [agency, setAgency] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const { reload } = targets
  useEffect(() => {
    const timer = setInterval(reload, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [reload])
  const toQueue = async () => {
    setBusy(true)
    const outcome = await request({ what: 'transfer_to_queue', call_id: call.call_id, agency: agency === GENERAL ? null : agency })
    setBusy(false)
    if (outcome.accepted) close()
  }
  return (
    <section className={css.panel} aria-label={words.transfer.title} onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && close()}>
      <p className="quiet small">{words.transfer.hint}</p>
      <div className={css.row}>
        <Select className={css.choice} searchable autoFocus label={words.transfer.queue} placeholder={words.transfer.choose} value={agency} onChange={setAgency} nothingFoundMessage={words.citizen.nobody}
          data={(targets.value?.queues ?? []).map((place) => ({ value: place.agency ?? GENERAL, label: queueText(place, words, language) }))} />
        <Button disabled={agency === null} loading={busy} leftSection={<Icon name="arrow" />} onClick={() => void toQueue()}>{words.transfer.send}</Button>
      </div>
      <button type="button" className="linklike" onClick={close}>{words.board.cancel}</button>
    </section>
  )
}
