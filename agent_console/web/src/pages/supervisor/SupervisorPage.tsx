// The live board: eight queues and forty agents on one screen. More of them scroll inside their own region.
import { Button } from '@mantine/core'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { api, ApiError, liveUrl } from '../../api'
import type { PageProps } from '../../console'
import { Icon } from '../../kit/icons'
import { useNow } from '../../kit/now'
import { Notice, Shell } from '../../kit/shell'
import { Loading } from '../../kit/states'
import { Link } from '../../live/link'
import { useWords } from '../../words'
import { AgentGrid } from './AgentGrid'
import css from './board.module.css'
import { CallbackLine } from './CallbackLine'
import { CallsBehind, type Behind } from './CallsBehind'
import { EmergencySwitch } from './EmergencySwitch'
import { HouseLine } from './HouseLine'
import { InLine } from './InLine'
import { Permissions } from './Permissions'
import { SpeechLine } from './SpeechLine'
import { QueueTable } from './QueueTable'

async function stillSignedIn(): Promise<boolean> {
  return api.me().then(() => true, (error: ApiError) => error.status !== 401)
}

export default function SupervisorPage({ me, setMe, signedOut }: PageProps) {
  const { words } = useWords()
  const [link] = useState(() => new Link({ url: `${liveUrl()}`, tab: crypto.randomUUID(), stillSignedIn }))
  const live = useSyncExternalStore(link.subscribe, link.read)
  const now = useNow(live.clockOffset)
  const [behind, setBehind] = useState<Behind | null>(null)
  const [wall, setWall] = useState(() => new URLSearchParams(location.search).has('wall'))
  useEffect(() => {
    link.start()
    return () => link.stop()
  }, [link])
  useEffect(() => {
    if (live.link === 'signed_out') signedOut(true)
  }, [live.link, signedOut])
  useEffect(() => {
    document.title = `${words.board.title} · Huduma`
  }, [words])
  useEffect(() => {
    history.replaceState(null, '', wall ? '?wall' : location.pathname)
    const leave = (event: KeyboardEvent) => event.key === 'Escape' && setWall(false)
    if (wall) addEventListener('keydown', leave)
    return () => removeEventListener('keydown', leave)
  }, [wall])

  const signOut = async () => {
    await api.signOut().catch(() => undefined)
    signedOut(false)
  }
  const board = live.board
  const notice = live.link === 'reconnecting' ? <Notice>{words.link.reconnecting}</Notice> : null
  const inside = board ? (
    <div className={wall ? css.wall : css.board}>
      <h1 className="sr">{words.board.title}</h1>
      <section className={css.queues} aria-label={words.board.queues}><QueueTable board={board} now={now} open={wall ? null : setBehind} /></section>
      {!wall && <section className={css.line} aria-label={words.board.line}><InLine board={board} now={now} /></section>}
      <section className={css.agents} aria-label={words.board.agents}><AgentGrid board={board} now={now} extra={me.role === 'administrator' && !wall && <Permissions />} /></section>
      <div className={css.lines}><CallbackLine board={board} now={now} /><SpeechLine board={board} /><HouseLine board={board} /></div>
      {behind && <CallsBehind behind={behind} board={board} now={now} zone={me.timezone} close={() => setBehind(null)} />}
    </div>
  ) : <Loading />
  if (wall) return <main className={css.wallPage}>{notice}{inside}<button type="button" className={css.leave} onClick={() => setWall(false)} aria-label={words.board.leaveWall}><Icon name="x" /></button></main>
  return (
    <Shell me={me} onMe={setMe} notice={notice} onSignOut={() => void signOut()}
      extra={<><EmergencySwitch on={board?.house.emergency ?? false} /><Button variant="default" size="sm" leftSection={<Icon name="screen" />} onClick={() => setWall(true)}>{words.board.wall}</Button></>}>
      {inside}
    </Shell>
  )
}
