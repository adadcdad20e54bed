// Joins the live link and the phone: which call is mine, when the phone may ring here, what to do when it was refused.
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { api, ApiError, liveUrl } from '../../api'
import type { Me, Outcome } from '../../generated/messages'
import { Link, tabId, type Request } from '../../live/link'
import type { LiveState } from '../../live/state'
import type { Verdict } from '../../phone/health'
import type { PhoneState } from '../../phone/machine'
import { Softphone } from '../../phone/softphone'

const TAB = tabId()
const TRY_AGAIN_MS = 15_000

export type Desk = {
  live: LiveState
  phone: PhoneState
  health: Verdict | null
  softphone: Softphone
  ask: (request: Request) => Promise<Outcome>
  takeOver: () => void
  signOut: () => Promise<void>
}

async function stillSignedIn(): Promise<boolean> {
  return api.me().then(() => true, (error: ApiError) => error.status !== 401)
}

export function useDesk(me: Me, signedOut: (byItself: boolean) => void): Desk {
  const [{ link, softphone }] = useState(() => ({
    link: new Link({ url: liveUrl(), tab: TAB, stillSignedIn }),
    softphone: new Softphone(),
  }))
  const live = useSyncExternalStore(link.subscribe, link.read)
  const phone = useSyncExternalStore(softphone.subscribe, softphone.read)

  useEffect(() => {
    link.start()
    return () => {
      link.stop()
      softphone.stop()
    }
  }, [link, softphone])

  const hasCalls = live.position !== null && (live.link === 'live' || live.link === 'reconnecting')
  const elsewhere = live.link === 'taken' || live.link === 'busy'
  const needsLine = hasCalls && (phone.line === 'off' || phone.line === 'refused')
  const refused = phone.line === 'refused'
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    if (elsewhere) softphone.stop()
    if (!needsLine) return
    let current = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const connect = async () => {
      try {
        const credentials = await api.phone()
        if (current) await softphone.start(credentials)
      } catch {
        timer = setTimeout(() => setTurn((n) => n + 1), TRY_AGAIN_MS)
      }
    }
    timer = setTimeout(() => void connect(), refused ? TRY_AGAIN_MS : 0)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [needsLine, refused, elsewhere, softphone, turn])

  const { call, me: mine, position } = live
  const onCall = mine?.state === 'on_call'
  useEffect(() => {
    if (position === null) return
    if (call && onCall && (['connected', 'held', 'rejoining'].includes(call.state) || call.transfer?.mine)) softphone.happened({ kind: 'mine', callId: call.call_id })
    else if (!call || call.state === 'ended' || mine?.state === 'wrap_up') softphone.happened({ kind: 'mine', callId: null })
  }, [call, onCall, mine?.state, position, softphone])

  useEffect(() => softphone.happened({ kind: 'auto_answer', on: me.auto_answer }), [me.auto_answer, softphone])
  useEffect(() => {
    if (live.link === 'signed_out') signedOut(true)
  }, [live.link, signedOut])

  const signOut = useCallback(async () => {
    const outcome = await link.ask({ what: 'sign_out' })
    if (!outcome.accepted && outcome.reason !== 'no_answer') return
    await api.signOut().catch(() => undefined)
    signedOut(false)
  }, [link, signedOut])

  return { live, phone, health: softphone.health, softphone, ask: useCallback((r: Request) => link.ask(r), [link]), takeOver: () => link.takeOverHere(), signOut }
}
