import { useCallback, useEffect, useState } from 'react'
import { useWorkspace } from '../../api/use-workspace.ts'
import { type AudienceDraft, readKeptDraft } from './audience-draft.ts'
import { beginHistory, change, type EditHistory, redo, undo } from './edit-history.ts'

/** A draft with undo and redo that outlives the tab. */
export interface DraftEditor {
  readonly draft: AudienceDraft
  /** letters under one tag are one step of undo */
  readonly change: (next: (draft: AudienceDraft) => AudienceDraft, tag?: string) => void
  readonly undo: () => void
  readonly redo: () => void
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** it was found in this browser, from before */
  readonly wasKept: boolean
  /** begins again, and forgets what was kept */
  readonly restart: (from: AudienceDraft) => void
  /** forgets what was kept: it has been saved, or given up */
  readonly forget: () => void
}

/**
 * The draft of a builder.
 * @param name under which it is kept in this browser, for each workspace
 * @param start what it begins with when nothing was kept
 */
export function useDraft(name: string, start: AudienceDraft): DraftEditor {
  const key = `affluent-audience-draft:${useWorkspace()}:${name}`
  const [kept] = useState(() => readKeptDraft(localStorage.getItem(key)))
  const [wasKept, setWasKept] = useState(kept !== undefined)
  const [history, setHistory] = useState<EditHistory<AudienceDraft>>(() => beginHistory(kept ?? start))
  const { past, present, future } = history

  useEffect(() => {
    // what nobody has touched need not be kept
    if (past.length > 0) localStorage.setItem(key, JSON.stringify(present))
  }, [key, past.length, present])

  const forget = useCallback(() => localStorage.removeItem(key), [key])
  return {
    draft: present,
    change: useCallback((next, tag) => setHistory((before) => change(before, next(before.present), tag)), []),
    undo: useCallback(() => setHistory(undo), []),
    redo: useCallback(() => setHistory(redo), []),
    canUndo: past.length > 0,
    canRedo: future.length > 0,
    wasKept,
    restart: useCallback(
      (from) => {
        forget()
        setWasKept(false)
        setHistory(beginHistory(from))
      },
      [forget],
    ),
    forget,
  }
}
