// What may be said about a service, in the caller's language, with what it rests on.
import { Button, Select } from '@mantine/core'
import { useState } from 'react'
import { api } from '../../api'
import type { StatementView } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useLoaded } from '../../kit/loaded'
import { Failed, Loading } from '../../kit/states'
import { day } from '../../live/durations'
import { inLanguage, useWords, type Language } from '../../words'
import css from './citizen.module.css'

const order = ['fee', 'requirements', 'how_long', 'where', 'what']

export function Answer({ service, language: spoken }: { service: string | null; language: Language | null }) {
  const { words, language } = useWords()
  const [looked, setLooked] = useState<string | null>(null)
  const agencies = useLoaded('catalogue', api.catalogue)
  const slug = looked ?? service
  const inLang = spoken ?? language
  const answer = useLoaded(slug && `${slug} ${inLang}`, () => api.service(slug!, inLang))
  const statements = [...(answer.value?.statements ?? [])].sort((a, b) => order.indexOf(a.topic) - order.indexOf(b.topic))
  return (
    <section className={`${css.block} ${css.answer}`} aria-labelledby="answer">
      <div className={css.answerHead}><h3 id="answer" className="label">{words.catalogue.title}</h3>
        <Select searchable size="xs" aria-label={words.catalogue.choose} placeholder={words.catalogue.choose} value={slug} onChange={setLooked} maxDropdownHeight={320}
          data={(agencies.value ?? []).map((a) => ({ group: inLanguage(a.name, language), items: a.services.map((s) => ({ value: s.slug, label: inLanguage(s.title, language) })) }))} /></div>
      {slug && !answer.value && (answer.error ? <Failed error={answer.error} again={answer.reload} /> : <Loading />)}
      {answer.value && (
        <>
          <p className={css.answerTitle}><strong lang={inLang}>{answer.value.title}</strong> <span className="quiet small">{answer.value.agency_name}</span></p>
          <dl className={css.statements} lang={inLang}>{statements.map((statement, n) => <Statement key={n} statement={statement} />)}</dl>
          <div className={css.sms}><Button size="compact-sm" variant="default" disabled aria-describedby="sms-off">{words.catalogue.sms}</Button><span id="sms-off" className="quiet small">{words.catalogue.smsOff}</span></div>
        </>
      )}
    </section>
  )
}

function Statement({ statement }: { statement: StatementView }) {
  const { words, language } = useWords()
  const t = words.catalogue
  const topic = statement.topic in t ? (t as unknown as Record<string, string>)[statement.topic]! : statement.topic
  return (
    <div className={statement.text === null ? css.unsure : ''}>
      <dt lang={language}>{topic}</dt>
      <dd>
        {statement.text ?? <span className={css.confirm} lang={language}><Icon name="warn" size={15} />{t.confirm}{statement.doubt && ` (${t[statement.doubt]})`}</span>}
        <span className={css.source} lang={language}>{t.source}: {statement.source} · {t.valid} {day(statement.valid_from, language)} {statement.valid_to ? `${t.until} ${day(statement.valid_to, language)}` : t.openEnd}</span>
      </dd>
    </div>
  )
}
