// How loading, nothing and failure look, everywhere the same.
import { Button, Loader } from '@mantine/core'
import type { ReactNode } from 'react'
import { ApiError } from '../api'
import { useWords } from '../words'
import { Icon, type IconName } from './icons'
import css from './kit.module.css'

export function Loading() {
  const { words } = useWords()
  return <div className={css.state} role="status"><Loader size="sm" /><span className="quiet">{words.loading}</span></div>
}

export function Empty({ icon = 'folder', children }: { icon?: IconName; children: ReactNode }) {
  return <div className={css.state}><span className={css.stateIcon}><Icon name={icon} size={26} /></span><p className="quiet">{children}</p></div>
}

export function Failed({ error, again }: { error: ApiError; again?: () => void }) {
  const { words } = useWords()
  return (
    <div className={css.state} role="alert">
      <span className={css.stateIcon}><Icon name="warn" size={26} /></span>
      <p><strong>{words.failed.title}</strong><br /><span className="quiet">{sentence(error, words)}</span></p>
      {again && <Button size="xs" variant="default" onClick={again}>{words.failed.again}</Button>}
    </div>
  )
}

export function sentence(error: ApiError, words: ReturnType<typeof useWords>['words']): string {
  if (error.reason === 'offline') return words.failed.offline
  if (error.status === 404) return words.failed.notFound
  if (error.status === 403) return words.failed.forbidden
  return refusal(error.reason, error.message, words)
}

/** Why something was not done, in the reader's language; what has no words here is said as the server says it. */
export function refusal(reason: string | null | undefined, message: string | null | undefined, words: ReturnType<typeof useWords>['words']): string {
  return words.failed.because[reason ?? ''] ?? (message || words.failed.refused)
}
