import { useSyncExternalStore } from 'react'

interface Question {
  /** true: the password was given; false: it is not going to be */
  readonly answer: (isGiven: boolean) => void
}

const listeners = new Set<() => void>()
let question: Question | undefined

/**
 * Asks the member for the password again, in place; resolves with whether it was given. Two that ask at once share the
 * question.
 */
export function askPasswordAgain(): Promise<boolean> {
  return new Promise((resolve) => {
    const before = question
    put({
      answer: (isGiven) => {
        before?.answer(isGiven)
        resolve(isGiven)
        // later: the Escape that closes the question is not for what is below it
        setTimeout(() => put(undefined))
      },
    })
  })
}

/** The question that waits for its answer. */
export function usePasswordQuestion(): Question | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => question,
  )
}

function put(next: Question | undefined): void {
  question = next
  for (const listener of listeners) listener()
}
