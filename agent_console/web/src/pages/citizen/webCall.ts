// One call from the browser to the prefix. JsSIP is loaded only when somebody presses the button.
import type { RTCSession } from 'jssip/lib/RTCSession'
import type { UA } from 'jssip/lib/UA'
import { api, type ApiError } from '../../api'
import { between, sample, verdict, type Sample, type Verdict } from '../../phone/health'
import { hurryIce, peerConfig } from '../../phone/ice'
import { openMicrophone } from '../../phone/microphone'
import { keyTone } from '../../phone/tones'
import { problemOf, type CitizenEvent } from './machine'

const LOOK_MS = 2000

export class WebCall {
  private readonly tell: (event: CitizenEvent) => void
  private readonly audio = new Audio()
  private ua: UA | null = null
  private session: RTCSession | null = null
  private stream: MediaStream | null = null
  private given = false
  private readonly looked: (verdict: Verdict) => void
  private look: ReturnType<typeof setInterval> | undefined
  /** With it the page reads what the line says. */
  key: string | null = null

  constructor(tell: (event: CitizenEvent) => void, looked: (verdict: Verdict) => void) {
    this.tell = tell
    this.looked = looked
    this.audio.autoplay = true
  }

  async start(language: string): Promise<void> {
    const microphone = await openMicrophone()
    if (!microphone.stream) return this.tell({ kind: 'problem', what: microphone.is === 'refused' ? 'microphoneRefused' : 'microphoneMissing' })
    this.stream = microphone.stream
    try {
      const [credentials, { UA: Agent, WebSocketInterface }] = await Promise.all([api.webCall(language), import('jssip')])
      if (this.given) return this.end()
      this.key = credentials.key ?? null
      this.ua = new Agent({
        sockets: [new WebSocketInterface(credentials.websocket_url)],
        uri: `sip:${credentials.extension}@${credentials.realm}`,
        authorization_user: credentials.extension,
        password: credentials.password,
        register: false,
        session_timers: false,
        connection_recovery_min_interval: 1,
        connection_recovery_max_interval: 5,
        user_agent: 'Huduma web',
      })
      this.ua.on('connected', () => this.dial(`sip:${credentials.dial ?? ''}@${credentials.realm}`, credentials.ice_servers))
      this.ua.on('disconnected', () => !this.session && this.fail())
      this.ua.start()
      this.tell({ kind: 'line' })
    } catch (error) {
      this.end()
      this.tell({ kind: 'problem', what: problemOf((error as ApiError).status ?? 0, (error as ApiError).reason ?? '') })
    }
  }

  digit(digit: string): void {
    keyTone(digit)
    this.session?.sendDTMF(digit, { transportType: 'RFC2833' as never })
  }

  mute(on: boolean): void {
    this.stream?.getAudioTracks().forEach((track) => (track.enabled = !on))
  }

  end(): void {
    this.given = true
    if (this.session && !this.session.isEnded()) this.session.terminate()
    this.release()
    this.tell({ kind: 'over' })
  }

  private dial(target: string, iceServers: string[]): void {
    if (!this.ua || !this.stream) return
    if (this.session) return void (this.session.isEstablished() && this.session.renegotiate())
    const session = this.ua.call(target, {
      mediaStream: this.stream,
      pcConfig: peerConfig(iceServers),
      eventHandlers: {
        confirmed: () => {
          this.watch(session.connection)
          this.tell({ kind: 'answered', at: Date.now() })
        },
        ended: () => this.over(),
        failed: () => this.fail(),
      },
    })
    this.session = session
    hurryIce(session)
    session.connection.addEventListener('track', ({ streams, track }) => {
      this.audio.srcObject = streams[0] ?? new MediaStream([track])
      void this.audio.play().catch(() => undefined)
    })
  }

  /** Look at the network every two seconds while the call goes on. */
  private watch(connection: RTCPeerConnection): void {
    let before: Sample | null = null
    clearInterval(this.look)
    this.look = setInterval(() => {
      void sample(connection).then((now) => {
        if (before) this.looked(verdict(between(before, now)))
        before = now
      }, () => undefined)
    }, LOOK_MS)
  }

  private over(): void {
    this.release()
    this.tell({ kind: 'over' })
  }

  private fail(): void {
    if (this.given) return
    this.release()
    this.tell({ kind: 'problem', what: 'failed' })
  }

  private release(): void {
    this.given = true
    clearInterval(this.look)
    this.stream?.getTracks().forEach((track) => track.stop())
    this.stream = null
    const ua = this.ua
    this.ua = null
    // Let the last BYE leave before the socket closes.
    setTimeout(() => ua?.stop(), 500)
  }
}
