import type { Board } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { useWords } from '../../words'
import css from './board.module.css'

/** Who hung up and keeps a place: how many now, since when, and what became of today's. Nothing while there is nothing. */
export function CallbackLine({ board, now }: { board: Board; now: number }) {
  const { words } = useWords()
  const t = words.callbacks
  const { callbacks } = board
  if (!callbacks.waiting && !callbacks.asked && !callbacks.offered) return null
  const oldest = callbacks.oldest_since ? Math.max(0, Math.round((now - Date.parse(callbacks.oldest_since)) / 60000)) : null
  return (
    <section className={css.speech} aria-label={t.title} data-callbacks>
      <strong>{t.title}</strong>
      <span>{t.waiting}: <strong className="num">{callbacks.waiting}</strong>{oldest !== null && <span className="quiet">{t.oldest(oldest)}</span>}</span>
      <span title={t.askedHint(callbacks.offered)}>{t.asked}: <strong className="num">{callbacks.asked}</strong></span>
      <span title={t.reachedHint(callbacks.attempts)}>{t.reached}: <strong className="num">{callbacks.reached}</strong></span>
      <span className={callbacks.failed ? css.warn : undefined} title={t.failedHint}>
        {callbacks.failed > 0 && <Icon name="warn" size={15} />}{t.failed}: <strong className="num">{callbacks.failed}</strong>
      </span>
    </section>
  )
}
