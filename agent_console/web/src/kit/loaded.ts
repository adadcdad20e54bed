// What a page loads once, with its three states: loading, loaded, failed.
import { useCallback, useEffect, useRef, useState } from 'react'
import { ApiError } from '../api'

export type Loaded<T> = {
  value: T | null
  error: ApiError | null
  reload: () => void
  set: (value: T) => void
}

/** Load again whenever `key` changes; a null key loads nothing. An answer that comes too late is dropped. */
export function useLoaded<T>(key: string | number | null, load: () => Promise<T>): Loaded<T> {
  const [held, setHeld] = useState<{ key: typeof key; value: T | null; error: ApiError | null }>({ key: null, value: null, error: null })
  const [turn, setTurn] = useState(0)
  const loading = useRef(load)
  loading.current = load
  useEffect(() => {
    if (key === null) return
    let current = true
    loading.current().then(
      (value) => current && setHeld({ key, value, error: null }),
      (error: unknown) => current && setHeld((was) => ({ key, value: was.key === key ? was.value : null, error: error as ApiError })),
    )
    return () => {
      current = false
    }
  }, [key, turn])
  const reload = useCallback(() => setTurn((n) => n + 1), [])
  const set = useCallback((value: T) => setHeld({ key, value, error: null }), [key])
  const fresh = held.key === key && key !== null
  return { value: fresh ? held.value : null, error: fresh ? held.error : null, reload, set }
}
