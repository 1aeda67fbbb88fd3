/** A change of state that is no event: it stands in the log between events and takes effect at its position. */
export interface LoggedCommand {
  readonly kind: string
  /** when it was submitted, milliseconds since the epoch: said in the log, so that a replay says the same */
  readonly at: number
}

/** A command at its place in the log. */
export interface CommandRun<Command extends LoggedCommand = LoggedCommand> {
  readonly first: number
  readonly command: Command
}
