import { RowWriter } from './row-writer.ts'

/** A profile that entered or left a version of an audience at a position. */
export interface MembershipRow {
  readonly workspace: number
  readonly version: number
  readonly profile: number
  readonly position: number
  /** milliseconds since the epoch */
  readonly time: number
  readonly entered: boolean
}

/** Rows of `membership` in RowBinary form. */
export class MembershipRows {
  readonly #writer = new RowWriter()

  add(row: MembershipRow): void {
    this.#writer.uint32(row.workspace)
    this.#writer.uint32(row.version)
    this.#writer.uint64(row.profile)
    this.#writer.uint64(row.position)
    this.#writer.uint64(row.time)
    this.#writer.uint8(row.entered ? 1 : 0)
  }

  finish(): Buffer {
    return this.#writer.finish()
  }
}

export const MEMBERSHIP_COLUMNS = '(workspace, version, profile, position, time, entered)'
