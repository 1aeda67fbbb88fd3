/** Why an event was not taken: `code` is stable, `message` says what to do. */
export interface ClientError {
  readonly code: string
  readonly message: string
  readonly messageId?: string
}
