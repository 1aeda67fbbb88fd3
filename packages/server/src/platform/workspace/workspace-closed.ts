/** The workspace takes nothing more: it is being removed. */
export class WorkspaceClosed extends Error {
  override readonly name = 'WorkspaceClosed'
}
