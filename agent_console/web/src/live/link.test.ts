import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Link } from './link'

class FakeSocket {
  static last: FakeSocket
  static count = 0
  readyState = 0
  sent: Record<string, unknown>[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string }) => void) | null = null
  onclose: (() => void) | null = null
  constructor() {
    FakeSocket.last = this
    FakeSocket.count += 1
  }
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.readyState = 3
    this.onclose?.()
  }
  accept() {
    this.readyState = 1
    this.onopen?.()
  }
  say(message: object) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
}

const snapshot = { type: 'snapshot', position: 5, server_time: '2026-01-01T10:00:00Z' }
let signedIn = true
let link: Link

beforeEach(() => {
  vi.useFakeTimers()
  signedIn = true
  FakeSocket.count = 0
  link = new Link({
    url: 'ws://x/live', tab: 't1', stillSignedIn: async () => signedIn,
    open: () => new FakeSocket() as unknown as WebSocket,
  })
  link.start()
})
afterEach(() => {
  link.stop()
  vi.useRealTimers()
})

test('says hello, and after a drop resumes from the position it has', async () => {
  FakeSocket.last.accept()
  expect(FakeSocket.last.sent[0]).toMatchObject({ type: 'hello', tab: 't1', after: null })
  FakeSocket.last.say(snapshot)
  FakeSocket.last.close()
  expect(link.read().link).toBe('reconnecting')
  await vi.advanceTimersByTimeAsync(600)
  FakeSocket.last.accept()
  expect(FakeSocket.count).toBe(2)
  expect(FakeSocket.last.sent[0]).toMatchObject({ type: 'hello', after: 5 })
})

test('an ask that the drop may have swallowed is asked again with the same id', async () => {
  FakeSocket.last.accept()
  FakeSocket.last.say(snapshot)
  const answer = link.ask({ what: 'ready' })
  const first = FakeSocket.last.sent.at(-1)
  FakeSocket.last.close()
  await vi.advanceTimersByTimeAsync(600)
  FakeSocket.last.accept()
  expect(FakeSocket.last.sent).toContainEqual(first)
  FakeSocket.last.say({ type: 'outcome', id: first?.id, accepted: true })
  expect((await answer).accepted).toBe(true)
})

test('an ask without an answer resolves as refused', async () => {
  FakeSocket.last.accept()
  const answer = link.ask({ what: 'ready' })
  await vi.advanceTimersByTimeAsync(9000)
  expect(await answer).toMatchObject({ accepted: false, reason: 'no_answer' })
})

test('a socket that went silent is given up', async () => {
  FakeSocket.last.accept()
  FakeSocket.last.say(snapshot)
  await vi.advanceTimersByTimeAsync(31_000)
  expect(link.read().link).toBe('reconnecting')
})

test('a busy tab takes over when it is told to', () => {
  FakeSocket.last.accept()
  FakeSocket.last.say({ type: 'tab_busy' })
  expect(link.read().link).toBe('busy')
  link.takeOverHere()
  expect(FakeSocket.last.sent.at(-2)).toMatchObject({ type: 'hello', take_over: true })
})

test('nobody signed in any more: it stops trying', async () => {
  signedIn = false
  FakeSocket.last.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(link.read().link).toBe('signed_out')
  expect(FakeSocket.count).toBe(1)
})
