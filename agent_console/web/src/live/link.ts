// The websocket to the server: says hello with the position it has, asks, and comes back by itself.
import type { Ask, Outcome } from '../generated/messages'
import { apply, backoff, lost, nothingYet, type LiveState, type ServerMessage } from './state'

const OPEN = 1
const PING_EVERY_MS = 10_000
const SILENCE_MEANS_LOST_MS = 25_000
const ANSWER_WITHIN_MS = 8_000

export type Request = Omit<Ask, 'type' | 'id'>
type Waiting = { ask: Ask; settle: (outcome: Outcome) => void; timer: number }
type Options = {
  url: string
  tab: string
  /** Asked when the socket was refused: false when nobody is signed in any more. */
  stillSignedIn: () => Promise<boolean>
  open?: (url: string) => WebSocket
}

export class Link {
  state: LiveState = nothingYet
  private readonly listeners = new Set<() => void>()
  private readonly waiting = new Map<string, Waiting>()
  private socket: WebSocket | null = null
  private attempt = 0
  private takeOver = false
  private stopped = false
  private heardAt = 0
  private retry = 0
  private beat = 0

  private readonly options: Options

  constructor(options: Options) {
    this.options = options
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  read = (): LiveState => this.state

  start(): void {
    this.stopped = false
    this.connect()
    globalThis.addEventListener?.('online', this.hurry)
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.retry)
    clearInterval(this.beat)
    globalThis.removeEventListener?.('online', this.hurry)
    this.socket?.close()
  }

  /** Take the calls into this tab. */
  takeOverHere(): void {
    this.takeOver = true
    this.become({ ...this.state, link: 'connecting', takenBy: null, position: null })
    if (this.socket?.readyState === OPEN) this.hello()
    else this.hurry()
  }

  /** Ask the router for something. Resolves with its answer; never rejects: no answer is an answer too. */
  ask(request: Request): Promise<Outcome> {
    const ask: Ask = { type: 'ask', id: crypto.randomUUID(), ...request }
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        clearTimeout(timer)
        this.waiting.delete(ask.id)
        resolve(outcome)
      }
      const timer = setTimeout(
        () => settle({ type: 'outcome', id: ask.id, accepted: false, reason: 'no_answer', message: null }),
        ANSWER_WITHIN_MS,
      ) as unknown as number
      this.waiting.set(ask.id, { ask, settle, timer })
      this.send(ask)
    })
  }

  private readonly hurry = (): void => {
    if (this.stopped || this.socket) return
    clearTimeout(this.retry)
    this.connect()
  }

  private connect(): void {
    const socket = (this.options.open ?? ((url) => new WebSocket(url)))(this.options.url)
    this.socket = socket
    socket.onopen = () => {
      this.heardAt = Date.now()
      this.hello()
      // The id makes an ask idempotent, so one that may have been lost with the socket is simply asked again.
      for (const { ask } of this.waiting.values()) this.send(ask)
      clearInterval(this.beat)
      this.beat = setInterval(() => this.pulse(), PING_EVERY_MS) as unknown as number
    }
    socket.onmessage = (event) => {
      if (socket === this.socket) this.hear(JSON.parse(String(event.data)) as ServerMessage)
    }
    socket.onclose = () => void this.closed(socket)
  }

  private hello(): void {
    if (this.state.link === 'busy') this.become({ ...this.state, link: 'connecting' })
    this.send({ type: 'hello', tab: this.options.tab, after: this.state.position, take_over: this.takeOver })
    this.takeOver = false
    this.send({ type: 'ping' })
  }

  private hear(message: ServerMessage): void {
    this.heardAt = Date.now()
    this.attempt = 0
    if (message.type === 'outcome') this.waiting.get(message.id)?.settle(message)
    this.become(apply(this.state, message, Date.now()))
  }

  private pulse(): void {
    if (Date.now() - this.heardAt > SILENCE_MEANS_LOST_MS) this.socket?.close()
    else this.send({ type: 'ping' })
  }

  private async closed(socket: WebSocket): Promise<void> {
    if (socket !== this.socket) return
    this.socket = null
    clearInterval(this.beat)
    this.become(lost(this.state))
    if (this.stopped || this.state.link === 'taken') return
    if (!(await this.options.stillSignedIn())) return this.become({ ...this.state, link: 'signed_out' })
    if (this.socket || this.stopped) return
    this.retry = setTimeout(() => this.connect(), backoff(this.attempt++, Math.random())) as unknown as number
  }

  private send(message: object): void {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(message))
  }

  private become(next: LiveState): void {
    if (next === this.state) return
    this.state = next
    for (const listener of this.listeners) listener()
  }
}

/** This tab's own id. It leaves storage while the page is open, so that a duplicated tab gets another. */
export function tabId(): string {
  const id = sessionStorage.getItem('huduma-tab') ?? crypto.randomUUID()
  sessionStorage.removeItem('huduma-tab')
  addEventListener('pagehide', () => sessionStorage.setItem('huduma-tab', id))
  return id
}
