import type { Board, WaitingRow } from '../../generated/messages'
import { follow } from '../../kit/navigation'
import { Empty } from '../../kit/states'
import { clock, since } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import css from './board.module.css'

export const isInLine = (call: WaitingRow): boolean => call.state === 'waiting' || call.state === 'offered'

/** The line itself, longest wait first. */
export function InLine({ board, now }: { board: Board; now: number }) {
  const { words } = useWords()
  const line = board.calls.filter(isInLine)
  return (
    <>
      <h2>{words.board.line} <span className="num quiet">{line.length}</span></h2>
      {line.length === 0 ? <Empty icon="check">{words.board.nobodyWaits}</Empty> : <LiveCalls calls={line} board={board} now={now} />}
    </>
  )
}

/** Calls of now, who came first on top; counted from when they began to wait. */
export function LiveCalls({ calls, board, now }: { calls: WaitingRow[]; board: Board; now: number }) {
  const { words, language } = useWords()
  const titles = new Map(board.queues.map((row) => [row.name, inLanguage(row.title, language)]))
  const names = new Map(board.agents.map((row) => [row.agent_id, row.name]))
  return (
    <ol className={css.lineList} tabIndex={0} aria-label={words.board.line}>
      {[...calls].sort((a, b) => a.waiting_since.localeCompare(b.waiting_since)).map((call) => (
        <li key={call.call_id}><a href={`/calls/${encodeURIComponent(call.call_id)}`} onClick={follow}>
          <strong className="num">{clock(since(call.waiting_since, now))}</strong>
          <span>{titles.get(call.queue) ?? call.queue}</span>
          <span className="quiet small">{words.language[call.language]}{call.state === 'offered' && ` · ${words.state.offered}`}{!isInLine(call) && call.agent_id !== null && ` · ${names.get(call.agent_id) ?? ''}`}</span>
        </a></li>
      ))}
    </ol>
  )
}
