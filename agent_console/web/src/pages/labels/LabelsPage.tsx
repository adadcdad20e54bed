// Words that the line did not understand: hear them, say what they were. A day's worth is worked with the keyboard alone.
import { Button, TextInput } from '@mantine/core'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, type ApiError } from '../../api'
import type { PageProps } from '../../console'
import type { LabelBody, UtteranceView } from '../../generated/messages'
import { useLoaded } from '../../kit/loaded'
import { Shell } from '../../kit/shell'
import { Empty, Failed, Loading, sentence } from '../../kit/states'
import { useWords } from '../../words'
import { deedOf } from './keys'
import css from './labels.module.css'
import { Utterance } from './Utterance'

export default function LabelsPage({ me, setMe, signedOut }: PageProps) {
  const { words } = useWords()
  const t = words.labels
  const list = useLoaded('utterances', api.utterances)
  const [done, setDone] = useState<UtteranceView[]>([])
  const [said, setSaid] = useState('')
  const [wrong, setWrong] = useState('')
  const [typed, setTyped] = useState('')
  const busy = useRef(false)
  const player = useRef<HTMLAudioElement>(null)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    document.title = `${t.title} · Huduma`
  }, [t])

  const value = list.value
  const current = value?.utterances.find((one) => !done.some((labelled) => labelled.id === one.id)) ?? null
  const left = value ? value.to_label - done.length : 0

  const save = useCallback(async (deed: LabelBody) => {
    if (!current || busy.current) return
    busy.current = true
    const written = typed.trim()
    const body = written && deed.label !== 'skipped' ? { ...deed, words: written } : deed  // the words and what they meant
    try {
      await api.label(current.id, body)
      setDone((before) => [...before, current])
      setTyped('')
      setWrong('')
      const meant = body.option ? current.options[body.option] : body.label === 'nothing' ? t.nothing : body.label === 'skipped' ? t.skip : undefined
      setSaid(t.saved([meant, body.words].filter(Boolean).join(' · ')))
      field.current?.blur()
    } catch (error) {
      setWrong(sentence(error as ApiError, words))
    } finally {
      busy.current = false
    }
  }, [current, t, typed, words])
  const undo = useCallback(async () => {
    const last = done.at(-1)
    if (!last || busy.current) return
    busy.current = true
    try {
      await api.undoLabel(last.id)
      setDone((before) => before.slice(0, -1))
      setSaid(t.undone)
      setWrong('')
    } catch (error) {
      setWrong(sentence(error as ApiError, words))
    } finally {
      busy.current = false
    }
  }, [done, t, words])
  const play = useCallback(() => {
    if (!player.current) return
    player.current.currentTime = 0
    void player.current.play().catch(() => setWrong(t.cannotPlay))
  }, [t])

  // read when a key comes: one pressed right after a label belongs to the words that are shown by then
  const acts = useRef({ current, play, save, undo })
  acts.current = { current, play, save, undo }
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { current, play, save, undo } = acts.current
      if (event.ctrlKey || event.metaKey || event.altKey) return
      const at = event.target as HTMLElement
      if (event.key === 'Escape' && at === field.current) field.current.blur()
      const onButton = event.key === ' ' && at.closest('button, a, audio') !== null
      const deed = onButton ? null : deedOf(event.key, current?.options ?? {}, at.closest('input, textarea') !== null)
      if (deed === null) return
      event.preventDefault()
      if (deed === 'play') play()
      else if (deed === 'undo') void undo()
      else if (deed === 'type') field.current?.focus()
      else void save(deed)
    }
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
  const nothingLoadedLeft = value !== null && current === null && left > 0
  const { reload } = list
  useEffect(() => {
    if (nothingLoadedLeft) {
      setDone([])
      reload()
    }
  }, [nothingLoadedLeft, reload])

  const signOut = async () => {
    await api.signOut().catch(() => undefined)
    signedOut(false)
  }
  return (
    <Shell me={me} onMe={setMe} onSignOut={() => void signOut()}>
      <div className={css.page}>
        <header className={css.head}>
          <h1>{t.title}</h1>
          {value && <p className="quiet num">{t.left(left)} · {t.keptFor(value.kept_days)}</p>}
        </header>
        {!value ? (list.error ? <Failed error={list.error} again={list.reload} /> : <Loading />) : !current ? (
          <Empty icon="check">{value.kept_days === 0 ? t.off : t.none}</Empty>
        ) : (
          <section className={`panel ${css.card}`} aria-label={t.utterance} data-utterance={current.id}>
            <Utterance key={current.id} utterance={current} zone={me.timezone} player={player} autoPlay={done.length > 0} />
            <div className={css.options} role="group" aria-label={t.which}>
              <h2>{t.which}</h2>
              {Object.entries(current.options).map(([key, phrase]) => (
                <Button key={key} variant="default" onClick={() => void save({ label: 'option', option: key })} leftSection={<kbd>{key}</kbd>}><span lang={current.language}>{phrase}</span></Button>
              ))}
            </div>
            <form className={css.words} onSubmit={(event) => { event.preventDefault(); if (typed.trim()) void save({ label: 'words' }) }}>
              <TextInput ref={field} label={<>{t.type} <kbd>W</kbd></>} description={t.typeHint} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} maxLength={200} lang={current.language} spellCheck={false} autoComplete="off" />
              <Button type="submit" disabled={!typed.trim()}>{t.save}</Button>
            </form>
            <div className={css.rest}>
              <Button variant="default" onClick={() => void save({ label: 'nothing' })} leftSection={<kbd>N</kbd>}>{t.nothing}</Button>
              <Button variant="default" onClick={() => void save({ label: 'skipped' })} leftSection={<kbd>S</kbd>}>{t.skip}</Button>
            </div>
          </section>
        )}
        <div className={css.foot}>
          <span role="status">{said}</span>
          {done.length > 0 && <Button variant="subtle" size="sm" onClick={() => void undo()} leftSection={<kbd>U</kbd>}>{t.undo}</Button>}
        </div>
        {wrong && <p role="alert" className={css.wrong}>{wrong}</p>}
        <p className="quiet small">{t.consent}</p>
      </div>
    </Shell>
  )
}
