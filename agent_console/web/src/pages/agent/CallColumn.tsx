// Middle: the call. One of five faces, in the same place: quiet, offered, talking, after, and a call without its card.
import type { Me, Outcome, PauseReason } from '../../generated/messages'
import type { Request } from '../../live/link'
import { Icon } from '../../kit/icons'
import { useWords } from '../../words'
import css from './agent.module.css'
import { BareCall, Later } from './BareCall'
import { CallingPanel } from './CallingPanel'
import { OfferCard } from './OfferCard'
import { RecentCalls } from './RecentCalls'
import { TalkPanel } from './TalkPanel'
import type { Desk } from './useDesk'
import { WrapUpPanel } from './WrapUpPanel'

export type CallProps = {
  desk: Desk
  me: Me
  request: (request: Request) => Promise<Outcome>
  keypad: boolean
  setKeypad: (open: boolean) => void
  handing: boolean
  setHanding: (open: boolean) => void
  reasons: PauseReason[]
}

export function CallColumn(props: CallProps) {
  const { live, phone } = props.desk
  const { me, call } = live
  if (call && me?.state === 'wrap_up') return <WrapUpPanel key={call.call_id} {...props} call={call} />
  if (call && me?.state === 'calling') return <CallingPanel key={call.call_id} {...props} call={call} />
  if (call && (me?.state === 'on_call' || phone.call?.stage === 'talking')) return <TalkPanel key={call.call_id} {...props} call={call} />
  if (call && me?.state === 'offered') return <OfferCard key={call.call_id} {...props} call={call} />
  if (phone.call && !call) return <Later until={<Quiet {...props} />}><BareCall desk={props.desk} /></Later>
  return <Quiet {...props} />
}

function Quiet({ desk, me }: CallProps) {
  const { words } = useWords()
  const state = desk.live.me?.state
  const missed = desk.live.me?.not_reached
  return (
    <>
      {missed && <p className={css.warning} role="alert"><Icon name="phoneOff" />{words.callOut.notReached[missed]}</p>}
      <div className={css.quietCall}>
        <span className={css.quietIcon}><Icon name="headset" size={30} /></span>
        <h2>{words.call.quiet}</h2>
        <p className="quiet">{state === 'ready' ? words.call.quietReady : words.call.quietPaused}</p>
      </div>
      <RecentCalls zone={me.timezone} turn={`${state}`} />
    </>
  )
}
