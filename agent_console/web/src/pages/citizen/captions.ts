// What the line says, read once a second for as long as the call goes on. Nothing of it matters to the call itself.
import { useEffect, useState } from 'react'
import { api } from '../../api'
import type { SaidLine, WebCallNow } from '../../generated/messages'

const EVERY_MS = 1000
const SHOWN = 30

export type Said = { lines: SaidLine[]; withWhom: WebCallNow['with_whom'] }
export const nothingSaid: Said = { lines: [], withWhom: null }

/** Pure: what is shown after an answer. Lines come once, in order, however often and late the answers come. */
export function heard(before: Said, now: WebCallNow): Said {
  const last = before.lines.at(-1)?.n ?? 0
  const fresh = now.said.filter((line) => line.n > last)
  return { lines: fresh.length ? [...before.lines, ...fresh].slice(-SHOWN) : before.lines, withWhom: now.with_whom ?? before.withWhom }
}

export function useSaid(key: string | null): Said {
  const [said, setSaid] = useState(nothingSaid)
  useEffect(() => {
    setSaid(nothingSaid)
    if (!key) return
    let shown = nothingSaid
    let timer: ReturnType<typeof setTimeout>
    let over = false
    const ask = async () => {
      const now = await api.said(key, shown.lines.at(-1)?.n ?? 0).catch(() => null)
      if (over) return
      if (now) setSaid((shown = heard(shown, now)))
      timer = setTimeout(() => void ask(), EVERY_MS)
    }
    void ask()
    return () => {
      over = true
      clearTimeout(timer)
    }
  }, [key])
  return said
}
