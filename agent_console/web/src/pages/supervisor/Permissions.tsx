// For administrators: who may call citizens of their own accord. Nobody, until it is ticked here.
import { Button, Checkbox, Modal } from '@mantine/core'
import { useState } from 'react'
import { api, type ApiError } from '../../api'
import { Icon } from '../../kit/icons'
import { useLoaded } from '../../kit/loaded'
import { Failed, Loading, sentence } from '../../kit/states'
import { useWords } from '../../words'

export function Permissions() {
  const { words } = useWords()
  const t = words.permissions
  const [opened, setOpened] = useState(false)
  const [busy, setBusy] = useState<number | null>(null)
  const [wrong, setWrong] = useState('')
  const people = useLoaded(opened ? 'accounts' : null, api.accounts)
  const allow = async (id: number, allowed: boolean) => {
    setBusy(id)
    setWrong('')
    try {
      const changed = await api.allowCallOut(id, allowed)
      people.set((people.value ?? []).map((one) => (one.id === id ? changed : one)))
    } catch (error) {
      setWrong(sentence(error as ApiError, words))
    }
    setBusy(null)
  }
  return (
    <>
      <Button variant="default" size="compact-sm" leftSection={<Icon name="person" size={15} />} onClick={() => setOpened(true)}>{t.open}</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={<strong>{t.title}</strong>} size="md" closeButtonProps={{ 'aria-label': words.board.close }}>
        <div style={{ display: 'grid', gap: 12 }}>
          <p className="quiet">{t.hint}</p>
          {!people.value && (people.error ? <Failed error={people.error} again={people.reload} /> : <Loading />)}
          {people.value?.map((one) => (
            <Checkbox key={one.id} label={one.name} description={one.username} checked={one.may_call_out} disabled={busy === one.id} onChange={(event) => void allow(one.id, event.currentTarget.checked)} />
          ))}
          {wrong && <p role="alert" style={{ color: 'var(--bad)' }}>{wrong}</p>}
        </div>
      </Modal>
    </>
  )
}
