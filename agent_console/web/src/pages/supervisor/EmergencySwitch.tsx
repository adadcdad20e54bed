// One announcement before everything else, for every caller. It is confirmed before, and can be undone after.
import { Button, Modal, Textarea } from '@mantine/core'
import { useEffect, useState } from 'react'
import { api, type ApiError, type Emergency } from '../../api'
import { Icon } from '../../kit/icons'
import { sentence } from '../../kit/states'
import { useWords } from '../../words'
import css from './board.module.css'

const UNDO_MS = 12_000

export function EmergencySwitch({ on }: { on: boolean }) {
  const { words } = useWords()
  const t = words.board
  const [opened, setOpened] = useState(false)
  const [known, setKnown] = useState<Emergency>({ on: false, en: '', sw: '' })
  const [typed, setTyped] = useState<Partial<Emergency>>({}) // stays, however late the house tells what it has
  const text = { ...known, ...typed }
  const [before, setBefore] = useState<Emergency | null>(null)
  const [wrong, setWrong] = useState('')
  useEffect(() => {
    if (opened) api.emergency().then(setKnown, (error: ApiError) => setWrong(sentence(error, words)))
  }, [opened, words])
  useEffect(() => {
    if (!before) return
    const timer = setTimeout(() => setBefore(null), UNDO_MS)
    return () => clearTimeout(timer)
  }, [before])

  const set = async (next: Emergency, undoable: boolean) => {
    try {
      await api.setEmergency(next)
      setBefore(undoable ? { ...text, on: !next.on } : null)
      setOpened(false)
      setWrong('')
    } catch (error) {
      setWrong(sentence(error as ApiError, words))
      setOpened(true)
    }
  }
  const said = text.en.trim() !== '' && text.sw.trim() !== ''
  return (
    <>
      {before && <span className={css.undo} role="status">{before.on ? t.undone : t.announced} <button type="button" className="linklike" onClick={() => void set(before, false)}>{t.undo}</button></span>}
      <Button size="sm" variant={on ? 'filled' : 'default'} color={on ? 'red.9' : undefined} leftSection={<Icon name="bell" />} onClick={() => { setTyped({}); setOpened(true) }}>{on ? t.emergencyOn : t.emergency}</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={<strong>{t.emergency}</strong>} size="lg" closeButtonProps={{ 'aria-label': t.close }}>
        <div style={{ display: 'grid', gap: 12 }}>
          <p className="quiet">{t.emergencyText}</p>
          <Textarea label={t.emergencyEn} lang="en" value={text.en} onChange={(e) => setTyped({ ...typed, en: e.currentTarget.value })} autosize minRows={2} maxLength={400} />
          <Textarea label={t.emergencySw} lang="sw" value={text.sw} onChange={(e) => setTyped({ ...typed, sw: e.currentTarget.value })} autosize minRows={2} maxLength={400} />
          {wrong && <p role="alert" style={{ color: 'var(--bad)' }}>{wrong}</p>}
          {!on && <p className="small quiet">{t.confirmOn}</p>}
          <div style={{ display: 'flex', gap: 8, justifyContent: 'flex-end' }}>
            <Button variant="default" onClick={() => setOpened(false)}>{t.cancel}</Button>
            {on ? <Button onClick={() => void set({ ...text, on: false }, true)}>{t.turnOff}</Button> : <Button color="red.9" disabled={!said} onClick={() => void set({ ...text, on: true }, true)}>{t.turnOn}</Button>}
          </div>
        </div>
      </Modal>
    </>
  )
}
