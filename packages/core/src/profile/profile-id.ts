import { type ProfileId, parseProfileId } from '@affluent/protocol/ids'
import type { ShuffleKey } from './shuffled-number.ts'
import { readShuffled, shuffledText } from './shuffled-number.ts'

/** A workspace's key for profile ids: four 32-bit numbers. */
export type ProfileIdKey = ShuffleKey

/**
 * The printable id of a profile: its fragment's number, shuffled by the workspace's key.
 * @param fragment dense number of the fragment that stands for the profile
 */
export function formatProfileId(fragment: number, key: ProfileIdKey): ProfileId {
  return `prf_${shuffledText(fragment, key)}` as ProfileId
}

/**
 * The fragment number of a printable id.
 * @returns undefined when the text is no profile id, or not one of this workspace (with a chance of 1 in 2,000 a
 * foreign id gives a number
 *   that no fragment has)
 */
export function readProfileId(text: string, key: ProfileIdKey): number | undefined {
  const id = parseProfileId(text)
  return id === undefined ? undefined : readShuffled(id.slice('prf_'.length), key)
}
