import type { LoggedCommand } from '../platform/processing/command.ts'

/** Commands about the workspace itself. */
export type WorkspaceCommand = ChangeWorkspace

/** The workspace is called otherwise, or is at home elsewhere: holds for what follows. */
export interface ChangeWorkspace extends LoggedCommand {
  readonly kind: 'change_workspace'
  readonly name: string
  /** IANA name */
  readonly zone: string
  /** ISO 4217; null: none */
  readonly currency: string | null
  /** ISO 3166; null: none */
  readonly country: string | null
}
