import { Drawer } from '@mantine/core'
import { api } from '../../api'
import { useLoaded } from '../../kit/loaded'
import { Failed, Loading } from '../../kit/states'
import { useWords } from '../../words'
import { CallList } from '../agent/RecentCalls'

export type Behind = { queue: string; outcome?: string; what: string }

/** The calls behind a number of the board, in a side panel. */
export function CallsBehind({ behind, zone, close }: { behind: Behind; zone: string; close: () => void }) {
  const { words } = useWords()
  const { queue, outcome } = behind
  const calls = useLoaded(`${queue} ${outcome}`, () => api.calls({ queue, outcome, limit: 100 }))
  return (
    <Drawer opened onClose={close} position="right" title={words.board.behind(behind.what)} closeButtonProps={{ 'aria-label': words.board.close }}>
      {calls.value ? <CallList calls={calls.value} zone={zone} none={words.recent.none} newTab /> : calls.error ? <Failed error={calls.error} again={calls.reload} /> : <Loading />}
    </Drawer>
  )
}
