import type { Board, QueueRow } from '../../generated/messages'
import { Icon } from '../../kit/icons'
import { clock, percent, since } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import css from './board.module.css'
import type { Behind } from './CallsBehind'

type Open = ((behind: Behind) => void) | null

export function QueueTable({ board, now, open }: { board: Board; now: number; open: Open }) {
  const { words } = useWords()
  const t = words.board
  const sum = (pick: (row: QueueRow) => number) => board.queues.reduce((total, row) => total + pick(row), 0)
  return (
    <table className={css.table}>
      <thead>
        <tr><th scope="col">{t.queue}</th><th scope="col">{t.waiting}</th><th scope="col">{t.longest}</th><th scope="col">{t.talking}</th><th scope="col" title={t.readyHint}>{t.ready}</th><th scope="col" className={css.divide}>{t.offered}</th><th scope="col">{t.answered}</th><th scope="col">{t.abandoned}</th><th scope="col" className={css.level}>{t.level}</th></tr>
      </thead>
      <tbody>{board.queues.map((row) => <Row key={row.name} row={row} now={now} open={open} />)}</tbody>
      <tfoot>
        <tr><th scope="row">{t.total}</th><td>{sum((r) => r.waiting)}</td><td /><td>{sum((r) => r.talking)}</td><td /><td className={css.divide}>{sum((r) => r.offered)}</td><td>{sum((r) => r.answered)}</td><td>{sum((r) => r.abandoned)}</td><td className={css.level}><Total queues={board.queues} /></td></tr>
      </tfoot>
    </table>
  )
}

function Row({ row, now, open }: { row: QueueRow; now: number; open: Open }) {
  const { words, language } = useWords()
  const title = inLanguage(row.title, language)
  const waited = row.longest_since ? since(row.longest_since, now) : null
  const late = waited !== null && waited > row.service_level_s
  const number = (value: number, what: string, which: Pick<Behind, 'outcome' | 'live'> = {}) =>
    open && value > 0 ? <button type="button" className={css.number} aria-label={`${title}, ${what}: ${value}`} onClick={() => open({ queue: row.name, ...which, what: `${title} · ${what}` })}>{value}</button> : value
  return (
    <tr>
      <th scope="row">{title}</th>
      <td className={row.waiting > 0 ? css.strong : css.zero}>{number(row.waiting, words.board.waiting, { live: 'line' })}</td>
      <td className={late ? css.bad : ''}>{waited === null ? <span className={css.zero}>–</span> : <>{late && <><Icon name="warn" size={14} /><span className="sr">{words.board.tooLong} </span></>}{clock(waited)}</>}</td>
      <td>{number(row.talking, words.board.talking, { live: 'talking' })}</td>
      <td className={row.waiting > 0 && row.agents_ready === 0 ? css.warn : ''}>{row.agents_ready}</td>
      <td className={css.divide}>{number(row.offered, words.board.offered)}</td>
      <td>{number(row.answered, words.board.answered, { outcome: 'answered' })}</td>
      <td>{number(row.abandoned, words.board.abandoned, { outcome: 'abandoned' })}</td>
      <td className={css.level}><Level share={row.service_level} target={row.target} within={row.service_level_s} /></td>
    </tr>
  )
}

function Level({ share, target, within }: { share: number | null; target: number; within: number }) {
  const { words } = useWords()
  if (share === null) return <span className={css.zero}>{words.board.noCalls}</span>
  const below = share < target
  return (
    <span className={`${css.gauge} ${below ? css.bad : css.good}`} title={`${words.board.target} ${percent(target)} ${words.board.within(within)}`}>
      <span className={css.bar} aria-hidden="true"><span style={{ width: `${share * 100}%` }} /><i style={{ left: `${target * 100}%` }} /></span>
      <strong>{percent(share)}</strong>
      <span className={css.verdict}><Icon name={below ? 'warn' : 'check'} size={14} /><span className={css.verdictText}>{below ? words.board.below : words.board.onTarget}</span></span>
    </span>
  )
}

/** The whole house: the same formula over the sums, never a mean of shares. */
function Total({ queues }: { queues: QueueRow[] }) {
  const { words } = useWords()
  const add = (pick: (row: QueueRow) => number) => queues.reduce((total, row) => total + (row.offered > 0 ? pick(row) : 0), 0)
  const counted = add((r) => r.answered + r.abandoned - r.short_abandoned)
  return counted > 0 ? <strong>{percent(add((r) => r.answered_in_threshold) / counted)}</strong> : <span className={css.zero}>{words.board.noCalls}</span>
}
