/**
 * The same keys in another language. French is written first and says which there are; its plural form `many`
 * (from a million on) has no counterpart in English.
 */
export type Translation<French> = {
  readonly [Key in keyof French as Key extends `${string}_many` ? never : Key]: French[Key] extends string
    ? string
    : Translation<French[Key]>
}
