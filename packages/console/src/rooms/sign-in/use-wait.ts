import { useEffect, useState } from 'react'
import type { ApiError } from '../../api/api-error.ts'

const WAIT_UNSAID_SECONDS = 60

/** Counts down, in seconds, what the server asked to wait after too many attempts; 0: not at all. */
export function useWait(error: ApiError | null): number {
  const [until, setUntil] = useState(0)
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (error?.code !== 'too_many_attempts') return
    setNow(Date.now())
    setUntil(Date.now() + (error.retryAfterSeconds ?? WAIT_UNSAID_SECONDS) * 1_000)
  }, [error])
  useEffect(() => {
    if (until <= now) return
    const timer = setTimeout(() => setNow(Date.now()), 500)
    return () => clearTimeout(timer)
  }, [until, now])
  return Math.max(0, Math.ceil((until - now) / 1_000))
}
