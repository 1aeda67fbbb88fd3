import { RowWriter } from './row-writer.ts'

/** A fragment that stands under another profile from a position on. */
export interface ProfileMapRow {
  readonly workspace: number
  readonly fragment: number
  readonly profile: number
  readonly position: number
}

/** Rows of `profile_map` in RowBinary form. */
export class ProfileMapRows {
  readonly #writer = new RowWriter()

  add(row: ProfileMapRow): void {
    this.#writer.uint32(row.workspace)
    this.#writer.uint64(row.fragment)
    this.#writer.uint64(row.profile)
    this.#writer.uint64(row.position)
  }

  finish(): Buffer {
    return this.#writer.finish()
  }
}

export const PROFILE_MAP_COLUMNS = '(workspace, fragment, profile, position)'
