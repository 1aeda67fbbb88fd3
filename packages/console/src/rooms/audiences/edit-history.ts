/** A thing with all that it was before: what undo and redo go through. */
export interface EditHistory<State> {
  readonly past: readonly State[]
  readonly present: State
  readonly future: readonly State[]
  /** of the last change; another one of the same name is the same step */
  readonly tag: string | undefined
}

const STEPS_KEPT = 100

/** Nothing has been changed yet. */
export function beginHistory<State>(present: State): EditHistory<State> {
  return { past: [], present, future: [], tag: undefined }
}

/**
 * One change. What was undone before is gone.
 * @param tag letters typed one after the other into one field are one step; undefined: a step of its own
 */
export function change<State>(
  history: EditHistory<State>,
  present: State,
  tag: string | undefined,
): EditHistory<State> {
  if (present === history.present) return history
  const isSameStep = tag !== undefined && tag === history.tag
  const past = isSameStep ? history.past : [...history.past, history.present].slice(-STEPS_KEPT)
  return { past, present, future: [], tag }
}

/** One step back. */
export function undo<State>(history: EditHistory<State>): EditHistory<State> {
  const { past, present, future } = history
  if (past.length === 0) return history
  return {
    past: past.slice(0, -1),
    present: past[past.length - 1] as State,
    future: [present, ...future],
    tag: undefined,
  }
}

/** One step forth again. */
export function redo<State>(history: EditHistory<State>): EditHistory<State> {
  const { past, present, future } = history
  if (future.length === 0) return history
  return { past: [...past, present], present: future[0] as State, future: future.slice(1), tag: undefined }
}
