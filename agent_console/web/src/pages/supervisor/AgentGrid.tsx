import type { ReactNode } from 'react'
import { api } from '../../api'
import type { AgentRowView, Board, PauseReason } from '../../generated/messages'
import { Icon, type IconName } from '../../kit/icons'
import { useLoaded } from '../../kit/loaded'
import { Empty } from '../../kit/states'
import { clock, since } from '../../live/durations'
import { inLanguage, useWords } from '../../words'
import type { Words } from '../../words/en'
import css from './board.module.css'

type State = AgentRowView['state']
const order: State[] = ['offered', 'calling', 'on_call', 'wrap_up', 'ready', 'paused', 'signed_out']
const icons: Record<State, IconName> = { ready: 'check', offered: 'bell', calling: 'phone', on_call: 'phone', wrap_up: 'clock', paused: 'pause', signed_out: 'out' }

export function AgentGrid({ board, now, extra }: { board: Board; now: number; extra?: ReactNode }) {
  const { words } = useWords()
  const reasons = useLoaded('reasons', api.pauseReasons).value ?? []
  const agents = board.agents.filter((agent) => agent.state !== 'signed_out')
  const counts = order.map((state) => [state, agents.filter((agent) => agent.state === state).length] as const).filter(([, n]) => n > 0)
  return (
    <>
      <header className={css.agentsHead}><h2>{words.board.agents}</h2>{counts.map(([state, n]) => <span key={state} className={`${css.count} ${css[state]}`}><Icon name={icons[state]} size={14} />{words.state[state]} <strong>{n}</strong></span>)}{extra && <span className={css.agentsExtra}>{extra}</span>}</header>
      {agents.length === 0 ? <Empty icon="headset">{words.board.nobodyIn}</Empty> : (
        <ul className={css.grid} tabIndex={0} aria-label={words.board.agents}>
          {agents.map((agent) => <Agent key={agent.agent_id} agent={agent} now={now} board={board} reasons={reasons} />)}
        </ul>
      )}
    </>
  )
}

function why(agent: AgentRowView, board: Board, reasons: PauseReason[], words: Words, language: 'en' | 'sw'): string {
  const listed = agent.state === 'paused' && reasons.find((reason) => reason.code === agent.reason)
  if (listed) return inLanguage(listed.title, language)
  if (agent.state === 'paused' && agent.reason) return agent.reason in words.reason ? words.reason[agent.reason as keyof Words['reason']] : agent.reason.replaceAll('_', ' ')
  const queue = board.queues.find((row) => row.name === agent.queue)
  return queue ? inLanguage(queue.title, language) : ''
}

function Agent({ agent, now, board, reasons }: { agent: AgentRowView; now: number; board: Board; reasons: PauseReason[] }) {
  const { words, language } = useWords()
  const reason = why(agent, board, reasons, words, language)
  return (
    <li className={`${css.agent} ${css[agent.state]}`}>
      <span className={css.agentName}>{agent.name}</span>
      <span className={`num ${css.agentClock}`}>{clock(since(agent.since, now))}</span>
      <span className={css.agentState}><Icon name={icons[agent.state]} size={13} />{words.state[agent.state]}{reason && <em>{reason}</em>}</span>
      {agent.help_since && (
        <span className={css.agentHelp} role="status"><Icon name="bell" size={13} />{words.help.asks} <span className="num">{clock(since(agent.help_since, now))}</span>
          <button type="button" className="linklike" onClick={() => void api.helpIsThere(agent.agent_id).catch(() => undefined)}>{words.help.come}</button></span>
      )}
      {!agent.phone_registered && <span className={css.agentBad}><Icon name="warn" size={13} />{words.board.phoneBad}</span>}
    </li>
  )
}
