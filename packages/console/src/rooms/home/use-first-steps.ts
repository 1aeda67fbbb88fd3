import type { AudienceAnswer } from '@affluent/protocol/api'
import type { CatalogueAnswer } from '@affluent/protocol/catalogue-api'
import { useLocalStorage } from '@mantine/hooks'
import { useState } from 'react'
import { useSession } from '../../api/session.ts'
import { useGet } from '../../api/use-get.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useWorkspaces } from '../../api/workspaces.ts'
import { useDestinations, usePipeline, useSources } from './use-river.ts'

export const STEPS = ['source', 'event', 'profile', 'audience', 'destination'] as const
export type FirstStep = (typeof STEPS)[number]

export interface FirstStepsState {
  /** What really is; undefined while it is not known yet. */
  readonly done: Readonly<Record<FirstStep, boolean>> | undefined
  readonly isHidden: boolean
  readonly hide: () => void
  /** Brings the steps back; absent while it is not known whether there is something left to do. */
  readonly show: (() => void) | undefined
}

const EVERY_MS = 3_000

/** The five first steps, ticked from what the server has; hidden or shown as the member wants, on this browser. */
export function useFirstSteps(): FirstStepsState {
  const { member } = useSession()
  const workspace = useWorkspace()
  const isDemo = useWorkspaces().some((one) => one.slug === workspace && one.isDemo)
  const [choice, setChoice] = useLocalStorage<'shown' | 'hidden' | null>({
    key: `affluent-first-steps-${member.email}-${workspace}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  })
  const sources = useSources().data?.sources
  const pipeline = usePipeline().data
  const destinations = useDestinations()
  const audiences = useGet<{ audiences: AudienceAnswer[] }>('/v1/audiences', { everyMs: EVERY_MS }).data
    ?.audiences
  const [hasPeople, setHasPeople] = useState(false)
  const catalogue = useGet<CatalogueAnswer>('/v1/catalogue', {
    everyMs: EVERY_MS,
    enabled: (pipeline?.processed ?? 0) > 0 && !hasPeople,
  }).data
  const isSomebodyThere = hasPeople || (catalogue?.identifiers.length ?? 0) > 0
  if (isSomebodyThere && !hasPeople) setHasPeople(true)
  const isKnown =
    sources !== undefined && pipeline !== undefined && audiences !== undefined && !destinations.isPending
  const done = isKnown
    ? {
        source: sources.length > 0,
        event: pipeline.accepted > 0,
        profile: isSomebodyThere,
        audience: audiences.length > 0,
        destination: (destinations.data?.destinations.length ?? 0) > 0,
      }
    : undefined
  const left = done === undefined ? [] : STEPS.filter((step) => !done[step])
  // Where only the people are left to be read, they are waited for: nobody wants to see the steps flash by.
  const isUnsure = left.join() === 'profile' && (pipeline?.processed ?? 0) > 0 && catalogue === undefined
  const isNeeded = done !== undefined && left.length > 0 && !isUnsure && !isDemo
  // Once seen they stay until they are hidden, so that the last tick is seen too.
  const [wasNeeded, setWasNeeded] = useState(false)
  if (isNeeded && !wasNeeded) setWasNeeded(true)
  return {
    done,
    isHidden: done === undefined || (choice === null ? !isNeeded && !wasNeeded : choice === 'hidden'),
    hide: () => setChoice('hidden'),
    show: done === undefined ? undefined : () => setChoice('shown'),
  }
}
