// The agent's phone: JsSIP under the pure machine. One instance for each sign-in of this tab.
import { UA, WebSocketInterface } from 'jssip'
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { IncomingRTCSessionEvent, RTCSessionEvent } from 'jssip/lib/UA'
import type { PhoneCredentials } from '../generated/messages'
import { between, sample, verdict, type Sample, type Verdict } from './health'
import { hurryIce, peerConfig } from './ice'
import { phoneOff, step, type Action, type PhoneEvent, type PhoneState } from './machine'
import { openMicrophone } from './microphone'
import { keyTone, shortTone, startRinging, stopRinging } from './tones'

const REMEMBERED = 'huduma-call'
const LOOK_EVERY_MS = 5000

export class Softphone {
  state: PhoneState = { ...phoneOff, mine: sessionStorage.getItem(REMEMBERED) }
  health: Verdict | null = null
  private readonly listeners = new Set<() => void>()
  private readonly audio = new Audio()
  private credentials: PhoneCredentials | null = null
  private ua: UA | null = null
  private session: RTCSession | null = null
  private stream: MediaStream | null = null
  private looking = 0

  constructor() {
    this.audio.autoplay = true
    addEventListener('pagehide', this.leave)
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  read = (): PhoneState => this.state

  /** Register with this sign-in's credentials. */
  async start(credentials: PhoneCredentials): Promise<void> {
    this.stop()
    this.credentials = credentials
    this.happened({ kind: 'connecting' })
    await this.askForMicrophone()
    const ua = new UA({
      sockets: [new WebSocketInterface(credentials.websocket_url)],
      uri: `sip:${credentials.extension}@${credentials.realm}`,
      authorization_user: credentials.extension,
      password: credentials.password,
      display_name: credentials.extension,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 5,
      register_expires: 120,
      user_agent: 'Huduma console',
    })
    this.ua = ua
    const whenCurrent = (event: PhoneEvent) => () => {
      if (this.ua === ua) this.happened(event)
    }
    ua.on('connecting', whenCurrent({ kind: 'connecting' }))
    ua.on('registered', whenCurrent({ kind: 'registered' }))
    ua.on('disconnected', whenCurrent({ kind: 'line_lost' }))
    ua.on('unregistered', whenCurrent({ kind: 'line_lost' }))
    ua.on('registrationFailed', ({ cause }) => {
      whenCurrent({ kind: cause === 'Rejected' || cause === 'Authentication Error' ? 'line_refused' : 'line_lost' })()
    })
    ua.on('newRTCSession', (event: RTCSessionEvent) => {
      if (event.originator === 'remote') this.invited(event as IncomingRTCSessionEvent)
    })
    ua.start()
  }

  /** Let go of the line: the calls are in another tab now, or the agent signed out. */
  stop(): void {
    const ua = this.ua
    this.ua = null
    ua?.stop()
    this.release()
    this.happened({ kind: 'stopped' })
  }

  async askForMicrophone(): Promise<void> {
    const opened = await openMicrophone()
    if (opened.stream) for (const track of opened.stream.getTracks()) track.stop()
    this.happened({ kind: 'microphone', is: opened.is })
  }

  happened(event: PhoneEvent): void {
    const before = this.state
    const [next, actions] = step(before, event)
    this.state = next
    if (next.mine !== before.mine) this.remember(next.mine)
    for (const action of actions) this.act(action)
    if (next !== before) this.tell()
  }

  private invited({ session, request }: IncomingRTCSessionEvent): void {
    const callId = request.getHeader('X-CC-Call-Id') ?? ''
    if (this.session) {
      session.terminate({ status_code: 486 })
      return
    }
    this.session = session
    hurryIce(session)
    const over = () => {
      if (this.session !== session) return
      this.release()
      this.happened({ kind: 'ended' })
    }
    session.on('ended', over)
    session.on('failed', over)
    session.on('peerconnection', ({ peerconnection }) => {
      peerconnection.addEventListener('track', ({ streams, track }) => {
        this.audio.srcObject = streams[0] ?? new MediaStream([track])
        void this.audio.play().catch(() => undefined)
      })
    })
    session.on('confirmed', () => {
      this.happened({ kind: 'connected' })
      this.look(session)
    })
    this.happened({ kind: 'invited', callId, auto: request.getHeader('X-CC-Answer') === 'auto' })
  }

  private act(action: Action): void {
    const session = this.session
    switch (action.do) {
      case 'ring':
        return startRinging()
      case 'stop_ringing':
        return stopRinging()
      case 'short_tone':
        return shortTone()
      case 'answer':
        return void this.answer()
      case 'mute':
        return action.on ? session?.mute({ audio: true }) : session?.unmute({ audio: true })
      case 'hold':
        return void (action.on ? session?.hold() : session?.unhold())
      case 'renegotiate':
        return void session?.renegotiate()
      case 'send_digit':
        keyTone(action.digit)
        return session?.sendDTMF(action.digit, { transportType: 'RFC2833' as never })
      case 'hang_up':
        return session?.terminate()
      case 'busy':
        return
    }
  }

  private async answer(): Promise<void> {
    const session = this.session
    const opened = await openMicrophone()
    this.happened({ kind: 'microphone', is: opened.is })
    if (session !== this.session || !session || session.isEnded()) return opened.stream?.getTracks().forEach((t) => t.stop())
    if (!opened.stream) {
      // Without a microphone the citizen would hear nothing: let the next agent have them.
      session.terminate({ status_code: 480 })
      return
    }
    this.stream = opened.stream
    session.answer({ mediaStream: opened.stream, pcConfig: peerConfig(this.credentials?.ice_servers ?? []) })
  }

  private look(session: RTCSession): void {
    let before: Sample | null = null
    clearInterval(this.looking)
    this.looking = setInterval(async () => {
      const now = await sample(session.connection).catch(() => null)
      if (!now || this.session !== session) return
      const held = this.state.call?.held
      this.health = before && !held ? verdict(between(before, now)) : null
      before = now
      this.tell()
    }, LOOK_EVERY_MS) as unknown as number
  }

  private release(): void {
    clearInterval(this.looking)
    this.stream?.getTracks().forEach((track) => track.stop())
    this.stream = null
    this.session = null
    this.health = null
    this.audio.srcObject = null
  }

  private remember(callId: string | null): void {
    if (callId) sessionStorage.setItem(REMEMBERED, callId)
    else sessionStorage.removeItem(REMEMBERED)
  }

  /** Leaving the page ends only this leg: the caller hears music at once and this page is redialled when it is back. */
  private readonly leave = (): void => {
    if (this.session?.isEstablished()) this.session.terminate()
  }

  private tell(): void {
    for (const listener of this.listeners) listener()
  }
}
