import { useLocalStorage } from '@mantine/hooks'
import { useState } from 'react'
import { api } from '../../api/request.ts'
import { useSession } from '../../api/session.ts'
import { useGet } from '../../api/use-get.ts'
import { useRole } from '../../api/use-may.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useWorkspaces } from '../../api/workspaces.ts'
import { type FirstStep, STEPS_OF_ROLE } from './steps-of-role.ts'
import { useDestinations, usePipeline, useSources } from './use-river.ts'

export interface FirstStepsState {
  /** Those of the member's role, in order. */
  readonly steps: readonly FirstStep[]
  /** What really is; undefined while it is not known yet. */
  readonly done: Readonly<Record<FirstStep, boolean>> | undefined
  readonly isHidden: boolean
  readonly hide: () => void
  /** Brings the steps back; absent while it is not known whether there is something left to do. */
  readonly show: (() => void) | undefined
}

const EVERY_MS = 3_000
const NO_STEPS: readonly FirstStep[] = []

/**
 * The first steps of the member's role, ticked from what the server has; hidden or shown as the member wants, on this
 * browser.
 */
export function useFirstSteps(): FirstStepsState {
  const { member } = useSession()
  const workspace = useWorkspace()
  const role = useRole()
  const isDemo = useWorkspaces().some((one) => one.slug === workspace && one.isDemo)
  const [choice, setChoice] = useLocalStorage<'shown' | 'hidden' | null>({
    key: `affluent-first-steps-${member.email}-${workspace}`,
    defaultValue: null,
    getInitialValueInEffect: false,
  })
  const steps = role === undefined ? NO_STEPS : STEPS_OF_ROLE[role]
  const { done, isUnsure } = useDone(steps)
  const left = done === undefined ? NO_STEPS : steps.filter((step) => !done[step])
  const isNeeded =
    done !== undefined && left.length > 0 && !(isUnsure && left.join() === 'profile') && !isDemo
  // Once seen they stay until they are hidden, so that the last tick is seen too.
  const [wasNeeded, setWasNeeded] = useState(false)
  if (isNeeded && !wasNeeded) setWasNeeded(true)
  return {
    steps,
    done,
    isHidden: done === undefined || (choice === null ? !isNeeded && !wasNeeded : choice === 'hidden'),
    hide: () => setChoice('hidden'),
    show: done === undefined ? undefined : () => setChoice('shown'),
  }
}

/**
 * What is done of the steps: only what they are about is asked of the server.
 * @returns `isUnsure`: events are there, and whether they are somebody's is still being read: nobody wants to see the
 * steps flash by
 */
function useDone(steps: readonly FirstStep[]): {
  readonly done: Readonly<Record<FirstStep, boolean>> | undefined
  readonly isUnsure: boolean
} {
  const asks = (step: FirstStep) => steps.includes(step)
  const every = (step: FirstStep) => ({ everyMs: EVERY_MS, enabled: asks(step) })
  const sources = useSources().data?.sources
  const pipeline = usePipeline().data
  const destinations = useDestinations()
  const audiences = useGet(api('GET /v1/audiences'), { everyMs: EVERY_MS }).data?.audiences
  const connections = useGet(api('GET /v1/connections'), every('connection')).data?.connections
  const members = useGet(api('GET /v1/members'), every('colleague')).data
  const [hasPeople, setHasPeople] = useState(false)
  const catalogue = useGet(api('GET /v1/catalogue'), {
    everyMs: EVERY_MS,
    enabled: asks('profile') && (pipeline?.processed ?? 0) > 0 && !hasPeople,
  }).data
  const isSomebodyThere = hasPeople || (catalogue?.identifiers.length ?? 0) > 0
  if (isSomebodyThere && !hasPeople) setHasPeople(true)
  const isKnown =
    steps.length > 0 &&
    pipeline !== undefined &&
    audiences !== undefined &&
    !destinations.isPending &&
    (sources !== undefined || !asks('source')) &&
    (connections !== undefined || !asks('connection')) &&
    (members !== undefined || !asks('colleague'))
  if (!isKnown) return { done: undefined, isUnsure: true }
  return {
    done: {
      source: (sources?.length ?? 0) > 0,
      event: pipeline.accepted > 0,
      profile: isSomebodyThere,
      audience: audiences.length > 0,
      members: audiences.some(({ size }) => (size ?? 0) > 0),
      destination: (destinations.data?.destinations.length ?? 0) > 0,
      connection: (connections?.length ?? 0) > 0,
      colleague: (members?.members.length ?? 0) > 1,
    },
    isUnsure: pipeline.processed > 0 && catalogue === undefined,
  }
}
