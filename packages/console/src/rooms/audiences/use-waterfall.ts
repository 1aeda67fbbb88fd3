import type { Population } from '@affluent/protocol/condition'
import { useEffect, useRef, useState } from 'react'
import { useAsker } from '../../api/use-ask.ts'
import { PREVIEW_PATH, type PreviewAnswer } from './use-preview.ts'
import type { WaterfallStep } from './waterfall.ts'

interface CountedStep {
  readonly step: WaterfallStep
  /** undefined: not counted yet, or stopped before */
  readonly size: number | undefined
}

interface Waterfall {
  readonly counted: readonly CountedStep[]
  readonly isRunning: boolean
  /** the condition has changed since */
  readonly isOld: boolean
  readonly error: unknown
  readonly start: () => void
  readonly stop: () => void
}

/** Counts the steps of a waterfall one after the other, so that the engine is asked one thing at a time. */
export function useWaterfall(steps: readonly WaterfallStep[], population: Population): Waterfall {
  const ask = useAsker()
  const [counted, setCounted] = useState<readonly CountedStep[]>([])
  const [countedFor, setCountedFor] = useState('')
  const [error, setError] = useState<unknown>(null)
  const [isRunning, setRunning] = useState(false)
  const running = useRef<AbortController | undefined>(undefined)
  const asked = JSON.stringify([population, steps.map(({ condition }) => condition)])

  useEffect(() => () => running.current?.abort(), [])

  const run = async (own: AbortController) => {
    for (const [index, { condition }] of steps.entries()) {
      const answer = await ask<PreviewAnswer>(PREVIEW_PATH, { condition, population }, own.signal)
      setCounted((before) => before.map((one, at) => (at === index ? { ...one, size: answer.size } : one)))
    }
  }
  const start = () => {
    running.current?.abort()
    const own = new AbortController()
    running.current = own
    setCounted(steps.map((step) => ({ step, size: undefined })))
    setCountedFor(asked)
    setError(null)
    setRunning(true)
    run(own)
      .catch((reason: unknown) => {
        if (!own.signal.aborted) setError(reason)
      })
      .finally(() => {
        if (running.current === own) setRunning(false)
      })
  }
  const stop = () => {
    running.current?.abort()
    setRunning(false)
  }
  return { counted, isRunning, isOld: counted.length > 0 && countedFor !== asked, error, start, stop }
}
