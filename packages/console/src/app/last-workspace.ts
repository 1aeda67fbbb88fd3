import type { Workspace } from '../api/workspaces.ts'

const KEPT_AS = 'affluent-workspace'

/** Remembers in this browser where the member works. */
export function keepLastWorkspace(slug: string): void {
  localStorage.setItem(KEPT_AS, slug)
}

/** The workspace to open: the last one, else a live one with a life of its own, else the first. */
export function workspaceToOpen(workspaces: readonly Workspace[]): Workspace | undefined {
  const ready = workspaces.filter(({ status }) => status === 'ready')
  const last = localStorage.getItem(KEPT_AS)
  return ready.find(({ slug }) => slug === last) ?? ready.find(({ isDemo }) => !isDemo) ?? ready[0]
}
