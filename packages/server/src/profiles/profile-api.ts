import type { Fragment } from '@affluent/core/profile/fragment'
import type { IdentityApi } from '../identity/contract.ts'

/** What the calls about profiles need. */
export interface ProfileApi extends IdentityApi {
  /**
   * Lets fragments take what has been found in their history and is not in them yet.
   * @param read reads them again, when there is something to take
   */
  readonly completeHistory: (
    workspace: number,
    fragments: readonly Fragment[],
    read: () => Promise<readonly Fragment[]>,
  ) => Promise<readonly Fragment[]>
}
