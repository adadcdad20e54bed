// How well the two hear each other, from WebRTC's own counters, in the words of `verdict`.

export type Sample = { lost: number; received: number; roundTripMs: number | null; jitterMs: number }
export type Health = { lossPercent: number; roundTripMs: number | null; jitterMs: number }
export type Verdict = 'good' | 'weak' | 'bad' | 'silent'

/** Read the counters as they stand now. */
export async function sample(connection: RTCPeerConnection): Promise<Sample> {
  const out: Sample = { lost: 0, received: 0, roundTripMs: null, jitterMs: 0 }
  for (const report of (await connection.getStats()).values()) {
    if (report.type === 'inbound-rtp' && report.kind === 'audio') {
      out.lost += report.packetsLost ?? 0
      out.received += report.packetsReceived ?? 0
      out.jitterMs = (report.jitter ?? 0) * 1000
    }
    if (report.type === 'candidate-pair' && report.nominated && report.currentRoundTripTime !== undefined) {
      out.roundTripMs = report.currentRoundTripTime * 1000
    }
  }
  return out
}

/** What happened between two samples. */
export function between(before: Sample, now: Sample): Health {
  const lost = Math.max(0, now.lost - before.lost)
  const received = Math.max(0, now.received - before.received)
  const all = lost + received
  return { lossPercent: all === 0 ? 100 : (100 * lost) / all, roundTripMs: now.roundTripMs, jitterMs: now.jitterMs }
}

/** Speech stays easy under 2 % loss and 250 ms there and back; above 8 % or 500 ms people misunderstand each other. */
export function verdict(health: Health): Verdict {
  const trip = health.roundTripMs ?? 0
  if (health.lossPercent >= 99) return 'silent'
  if (health.lossPercent > 8 || trip > 500) return 'bad'
  if (health.lossPercent > 2 || trip > 250 || health.jitterMs > 60) return 'weak'
  return 'good'
}
