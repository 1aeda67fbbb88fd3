import { readShuffled, type ShuffleKey, shuffledText } from '../profile/shuffled-number.ts'

const FORM = /^msg_[a-z2-7]{13}$/

/**
 * The printable id of a delivery, its webhook-id: its number in the workspace, shuffled by the workspace's key, so that
 * two workspaces that post to one receiver do not use the same ids.
 */
export function formatDeliveryId(number: number, key: ShuffleKey): string {
  return `msg_${shuffledText(number, turned(key))}`
}

/** @returns undefined when the text is no id of a delivery of this workspace */
export function readDeliveryId(text: string, key: ShuffleKey): number | undefined {
  return FORM.test(text) ? readShuffled(text.slice('msg_'.length), turned(key)) : undefined
}

/** So that the delivery and the profile of one number do not look alike. */
function turned([a, b, c, d]: ShuffleKey): ShuffleKey {
  return [d, a, b, c]
}
