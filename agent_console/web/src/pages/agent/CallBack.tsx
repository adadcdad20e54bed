// Calls a known citizen back, after one question: at this number, now?
import { Button } from '@mantine/core'
import { useState } from 'react'
import { api, type ApiError } from '../../api'
import type { CitizenCard, Me } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { sentence } from '../../kit/states'
import type { LiveState } from '../../live/state'
import { useWords } from '../../words'
import css from './citizen.module.css'

type Props = { citizen: CitizenCard; caseId?: number; me: Me; live: LiveState }

export function CallBack({ citizen, caseId, me, live }: Props) {
  const { words } = useWords()
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState('')
  const { id, number } = citizen
  if (!me.may_call_out || id === null || number === null) return null
  const state = live.me?.state
  const free = state === 'ready' || state === 'paused'
  const call = async () => {
    setBusy(true)
    setWrong('')
    try {
      await api.callOut({ citizen_id: id, number, case_id: caseId ?? null })
      setAsking(false)
    } catch (error) {
      setWrong((error as ApiError).reason === 'not_allowed' ? words.callOut.notAllowed : sentence(error as ApiError, words))
    }
    setBusy(false)
  }
  return (
    <div className={css.callBack}>
      {!asking ? (
        <>
          <Button variant="light" size="sm" leftSection={<Icon name="phone" size={16} />} disabled={!free} onClick={() => setAsking(true)}>{words.callOut.call}</Button>
          {state === 'wrap_up' && <span className="quiet small">{words.callOut.first}</span>}
        </>
      ) : (
        <div role="group" aria-label={words.callOut.call} className={css.confirmCall} onKeyDown={(event) => event.key === 'Escape' && setAsking(false)}>
          <p>{words.callOut.confirm(citizen.name ?? '', number)}</p>
          <Button size="sm" leftSection={<Icon name="phone" size={16} />} loading={busy} disabled={!free} onClick={() => void call()} autoFocus>{words.callOut.now}</Button>
          <Button size="sm" variant="default" disabled={busy} onClick={() => setAsking(false)}>{words.callOut.cancel}</Button>
        </div>
      )}
      {wrong && <p className={css.wrong} role="alert">{wrong}</p>}
    </div>
  )
}
