import { type RefObject, useEffect, useRef } from 'react'

interface Undoable {
  readonly undo: () => void
  readonly redo: () => void
}

/**
 * Hears Ctrl Z, Ctrl Shift Z and Ctrl Y inside an element, and where nothing has the focus: a field that had it may
 * have gone with the step that was undone.
 * @returns goes on the element
 */
export function useUndoKeys({ undo, redo }: Undoable): RefObject<HTMLDivElement | null> {
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || !isMeant(event.target, root.current)) return
      const key = event.key.toLowerCase()
      if (key === 'z' && !event.shiftKey) undo()
      else if (key === 'y' || (key === 'z' && event.shiftKey)) redo()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', hear)
    return () => window.removeEventListener('keydown', hear)
  }, [undo, redo])
  return root
}

function isMeant(target: EventTarget | null, root: HTMLElement | null): boolean {
  // a long text has an undo of its own
  if (target instanceof HTMLTextAreaElement) return false
  return target === document.body || (target instanceof Node && root?.contains(target) === true)
}
