import { Drawer } from '@mantine/core'
import { api } from '../../api'
import type { Board } from '../../generated/messages'
import { useLoaded } from '../../kit/loaded'
import { Failed, Loading } from '../../kit/states'
import { useWords } from '../../words'
import { CallList } from '../agent/RecentCalls'
import { isInLine, LiveCalls } from './InLine'

/** `live`: those of now, which the board itself has; without it today's calls with this outcome. */
export type Behind = { queue: string; outcome?: string; live?: 'line' | 'talking'; what: string }
type Props = { behind: Behind; zone: string; close: () => void; board: Board; now: number }

/** The calls behind a number of the board, in a side panel. */
export function CallsBehind({ behind, zone, close, board, now }: Props) {
  const { words } = useWords()
  const { queue, outcome, live } = behind
  const calls = useLoaded(live ? null : `${queue} ${outcome}`, () => api.calls({ queue, outcome, limit: 100 }))
  const those = board.calls.filter((call) => call.queue === queue && isInLine(call) === (live === 'line'))
  return (
    <Drawer opened onClose={close} position="right" title={words.board.behind(behind.what)} closeButtonProps={{ 'aria-label': words.board.close }}>
      {live ? (those.length > 0 ? <LiveCalls calls={those} board={board} now={now} /> : <p className="quiet">{words.recent.none}</p>) : calls.value ? <CallList calls={calls.value} zone={zone} none={words.recent.none} newTab /> : calls.error ? <Failed error={calls.error} again={calls.reload} /> : <Loading />}
    </Drawer>
  )
}
