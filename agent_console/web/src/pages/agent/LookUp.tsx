// No call: find a citizen, and open their card.
import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api, type ApiError } from '../../api'
import type { CitizenCard } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useLoaded } from '../../kit/loaded'
import { sentence } from '../../kit/states'
import { useWords } from '../../words'
import css from './citizen.module.css'

export function LookUp({ onFound }: { onFound: (citizen: CitizenCard) => void }) {
  const { words } = useWords()
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState('')
  const wanted = text.trim()
  const found = useLoaded(wanted.length >= 2 ? wanted : null, () => api.citizens(wanted))
  const open = (id: number) => api.citizen(id).then(onFound, (error: ApiError) => setWrong(sentence(error, words)))
  return (
    <section className={css.block}>
      <TextInput label={words.callOut.find} placeholder={words.callOut.findHint} value={text} onChange={(e) => setText(e.currentTarget.value)} leftSection={<Icon name="search" size={16} />} maxLength={200} />
      {found.value && <ul className={css.found}>{found.value.map((one) => <li key={one.id}><span><strong>{one.name}</strong> <span className="quiet small num">{one.number} {one.county}</span></span><Button size="compact-sm" variant="default" aria-label={`${words.callOut.open}: ${one.name}`} onClick={() => void open(one.id!)}>{words.callOut.open}</Button></li>)}</ul>}
      {found.value?.length === 0 && <p className="quiet">{words.citizen.nobody}</p>}
      {wrong && <p className={css.wrong} role="alert">{wrong}</p>}
    </section>
  )
}
