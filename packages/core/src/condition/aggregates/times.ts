import { dropExpired, dropFirst } from '../series-state.ts'
import type { Keeper } from './keeper.ts'

/** When events happened: the latest times answer every count. */
export const times: Keeper = {
  newState: () => ({ t: [] }),
  take: (values) => values,
  prune: (spec, state, past, expired) => {
    if (spec.window?.kind === 'last') dropExpired(state, past, expired)
    else dropFirst(state, past - spec.latest)
  },
  shape: () => ({ kind: 'times' }),
}
