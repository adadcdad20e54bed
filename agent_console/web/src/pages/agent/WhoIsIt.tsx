// Nobody is known behind the number: find the person, or write them down.
import { Button, TextInput } from '@mantine/core'
import { useState, type FormEvent } from 'react'
import { api, type ApiError } from '../../api'
import type { CitizenCard, LinkCitizenBody } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useLoaded } from '../../kit/loaded'
import { sentence } from '../../kit/states'
import { useWords, type Language } from '../../words'
import css from './citizen.module.css'

type Props = { callId: string; language: Language; onKnown: (citizen: CitizenCard) => void }

export function WhoIsIt({ callId, language, onKnown }: Props) {
  const { words } = useWords()
  const [text, setText] = useState('')
  const [writing, setWriting] = useState(false)
  const [name, setName] = useState('')
  const [county, setCounty] = useState('')
  const [wrong, setWrong] = useState('')
  const wanted = text.trim()
  const found = useLoaded(wanted.length >= 2 ? wanted : null, () => api.citizens(wanted))
  const link = async (body: LinkCitizenBody) => {
    try {
      onKnown(await api.link(callId, body))
    } catch (error) {
      setWrong(sentence(error as ApiError, words))
    }
  }
  const save = (event: FormEvent) => {
    event.preventDefault()
    void link({ new: { name: name.trim(), county: county.trim() || null, language } })
  }
  return (
    <section className={`${css.block} ${css.who}`} aria-labelledby="who">
      <h3 id="who">{words.citizen.who}</h3>
      {writing ? (
        <form onSubmit={save} className={css.add}>
          <TextInput label={words.citizen.name} value={name} onChange={(e) => setName(e.currentTarget.value)} required withAsterisk={false} minLength={2} maxLength={200} autoFocus />
          <TextInput label={words.citizen.county} value={county} onChange={(e) => setCounty(e.currentTarget.value)} maxLength={60} />
          <div className={css.addRow}><Button type="submit">{words.citizen.save}</Button><Button variant="default" onClick={() => setWriting(false)}>{words.citizen.cancel}</Button></div>
        </form>
      ) : (
        <>
          <TextInput aria-label={words.citizen.search} placeholder={words.citizen.search} value={text} onChange={(e) => setText(e.currentTarget.value)} leftSection={<Icon name="search" size={16} />} />
          {found.value && <ul className={css.found}>{found.value.map((citizen) => <li key={citizen.id}><span><strong>{citizen.name}</strong> <span className="quiet small num">{citizen.number} {citizen.county}</span></span><Button size="compact-sm" variant="default" onClick={() => void link({ citizen_id: citizen.id })}>{words.citizen.choose}</Button></li>)}</ul>}
          {found.value?.length === 0 && <p className="quiet">{words.citizen.nobody}</p>}
          <Button variant="default" size="sm" leftSection={<Icon name="plus" size={16} />} onClick={() => { setWriting(true); setName(wanted) }}>{words.citizen.newPerson}</Button>
        </>
      )}
      {wrong && <p className={css.wrong} role="alert">{wrong}</p>}
    </section>
  )
}
