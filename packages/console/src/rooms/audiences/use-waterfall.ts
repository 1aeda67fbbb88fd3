import type { Population } from '@affluent/protocol/condition'
import type { PreviewAnswer } from '@affluent/protocol/endpoints/audiences'
import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useMemo, useRef, useState } from 'react'
import { api } from '../../api/request.ts'
import { useCachedAsker } from '../../api/use-ask.ts'
import type { WaterfallStep } from './waterfall.ts'

/** One step with what was counted. */
export interface CountedStep {
  readonly step: WaterfallStep
  /** undefined: not counted yet */
  readonly answer: PreviewAnswer | undefined
}

interface Waterfall {
  readonly counted: readonly CountedStep[]
  readonly isRunning: boolean
  readonly error: unknown
  readonly again: () => void
}

/** A condition at rest for so long is counted step by step. */
const PAUSE_MS = 800

/**
 * Counts the steps of a waterfall one after the other, so that the engine is asked one thing at a time. A change begins
 * anew; a step that was counted a moment ago is not counted again.
 */
export function useWaterfall(steps: readonly WaterfallStep[], population: Population): Waterfall {
  const ask = useCachedAsker()
  const [answers, setAnswers] = useState<ReadonlyMap<string, PreviewAnswer>>(new Map())
  const [error, setError] = useState<unknown>(null)
  const [tries, setTries] = useState(0)
  const bodies = steps.map(({ condition }) => JSON.stringify({ condition, population }))
  const questions = useMemo(
    () =>
      steps.map(({ condition }) => api('POST /v1/audiences/preview', { body: { condition, population } })),
    [JSON.stringify(bodies)],
  )
  const [settled] = useDebouncedValue(questions, PAUSE_MS)
  const asker = useRef(ask)
  asker.current = ask

  useEffect(() => {
    const own = new AbortController()
    setError(null)
    const run = async () => {
      for (const question of settled) {
        const answer = await asker.current(question, own.signal)
        if (own.signal.aborted) return
        setAnswers((before) => new Map(before).set(JSON.stringify(question.body), answer))
      }
    }
    run().catch((reason: unknown) => {
      if (!own.signal.aborted) setError(reason)
    })
    return () => own.abort()
  }, [settled, tries])

  const counted = steps.map((step, index) => ({ step, answer: answers.get(bodies[index] ?? '') }))
  return {
    counted,
    isRunning: error === null && counted.some(({ answer }) => answer === undefined),
    error: settled === questions ? error : null,
    again: () => setTries((before) => before + 1),
  }
}
