import type { Board } from '../../generated/messages'
import { follow } from '../../kit/navigation'
import { Empty } from '../../kit/states'
import { clock, since } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import css from './board.module.css'

/** The line itself, longest wait first. */
export function InLine({ board, now }: { board: Board; now: number }) {
  const { words, language } = useWords()
  const line = board.calls.filter((call) => call.state === 'waiting' || call.state === 'offered').sort((a, b) => a.waiting_since.localeCompare(b.waiting_since))
  const titles = new Map(board.queues.map((row) => [row.name, inLanguage(row.title, language)]))
  return (
    <>
      <h2>{words.board.line} <span className="num quiet">{line.length}</span></h2>
      {line.length === 0 ? <Empty icon="check">{words.board.nobodyWaits}</Empty> : (
        <ol className={css.lineList} tabIndex={0} aria-label={words.board.line}>
          {line.map((call) => (
            <li key={call.call_id}><a href={`/calls/${encodeURIComponent(call.call_id)}`} onClick={follow}>
              <strong className="num">{clock(since(call.waiting_since, now))}</strong>
              <span>{titles.get(call.queue) ?? call.queue}</span>
              <span className="quiet small">{words.language[call.language]}{call.state === 'offered' && ` · ${words.state.offered}`}</span>
            </a></li>
          ))}
        </ol>
      )}
    </>
  )
}
