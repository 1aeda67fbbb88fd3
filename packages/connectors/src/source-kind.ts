/** A text in the two languages of the console. */
export interface Words {
  readonly en: string
  readonly fr: string
}

/** One way in which data reaches Affluent: what the console shows of it and what it speaks. */
export interface SourceKind {
  /** Stable, lower case; what the API and the tables hold. */
  readonly key: string
  readonly title: Words
  /** What it is for, in one sentence. */
  readonly sentence: Words
  /** The paths of the collect API that a source of this kind may call. */
  readonly collectPaths: readonly string[]
}
