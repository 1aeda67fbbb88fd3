/**
 * The messageId that the server makes for an event that came without: from its position, so the same in every replay.
 */
export function messageIdOf(workspace: number, position: number): string {
  return `affluent-${workspace}-${position}`
}
