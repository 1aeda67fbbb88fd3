/**
 * Ends a `switch` over a union: a new member does not compile until it is handled.
 * @throws always; reached only when data from outside lies about its type
 */
export function unreachable(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
