// Durations and instants as people read them: m:ss, 24 h, the centre's own time.

/** Seconds as m:ss, or h:mm:ss from an hour on. Never negative. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const s = String(whole % 60).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}:${s}`
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${s}`
}

/** Seconds between two instants; the second is in milliseconds of the server's clock. */
export function since(instant: string, nowMs: number): number {
  return (nowMs - Date.parse(instant)) / 1000
}

/** Seconds left until an instant, rounded up so that a countdown reaches 0:00 when it ends. */
export function until(instant: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - nowMs) / 1000))
}

/** 14:05 in the centre's time zone. */
export function timeOfDay(instant: string, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone }).format(
    new Date(instant),
  )
}

/** 14:05:09, for the timeline of one call. */
export function timeWithSeconds(instant: string, zone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: zone,
  }).format(new Date(instant))
}

/** 3 Mar 2026, in the reader's language. */
export function day(instant: string, language: 'en' | 'sw', zone = 'Africa/Nairobi'): string {
  return new Intl.DateTimeFormat(language === 'sw' ? 'sw-KE' : 'en-GB', {
    day: 'numeric', month: 'short', year: 'numeric', timeZone: zone,
  }).format(new Date(instant))
}

/** A share from 0 to 1 as a whole percentage; rounded down, so that 79.9 % is never shown as the target of 80 %. */
export function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`
}
